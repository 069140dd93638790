package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What new nodes will be like: as one of the group that is ready, else as its provider says.
final class Templates {

    /// The scheduler's and the controllers' words for a state that passes.
    private static final Set<String> CONDITIONS = Set.of(
            "node.kubernetes.io/not-ready",
            "node.kubernetes.io/unreachable",
            "node.kubernetes.io/unschedulable",
            "node.kubernetes.io/memory-pressure",
            "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/network-unavailable",
            "node.kubernetes.io/pid-pressure",
            "node.cloudprovider.kubernetes.io/uninitialized",
            "node.cloudprovider.kubernetes.io/shutdown");

    private static final List<String> PASSING_PREFIXES = List.of(
            "ignore-taint.cluster-autoscaler.kubernetes.io/",
            "startup-taint.cluster-autoscaler.kubernetes.io/",
            "status-taint.cluster-autoscaler.kubernetes.io/");

    private final ScaleUpOptions options;

    Templates(ScaleUpOptions options) {
        this.options = options;
    }

    /// The template of `group`.
    ///
    /// @throws ProviderException when nobody knows it
    NodeTemplate of(GroupView group, Observation cluster, Map<String, List<Pod>> podsByNode) {
        Optional<Node> model = cluster.nodes().stream()
                .filter(node -> group.holds(NodeTraits.name(node)))
                .filter(node -> NodeTraits.isReadyForPods(node) && !NodeTraits.isBeingDeleted(node, cluster.at()))
                .findFirst();
        if (model.isPresent() && !options.forcesDaemons()) {
            List<PodView> daemons = podsByNode.getOrDefault(NodeTraits.name(model.get()), List.of()).stream()
                    .filter(pod -> !PodTraits.isRecreatable(pod) && !PodTraits.isEnding(pod))
                    .map(pod -> PodView.of(pod).unplaced())
                    .toList();
            return new NodeTemplate(clean(model.get()), daemons);
        }
        Node node = clean(model.orElseGet(() -> group.group().template()));
        NodeView empty = NodeView.of(node, List.of());
        return new NodeTemplate(
                node,
                DaemonsOnTemplate.of(cluster.daemonSets(), empty, options.forcesDaemons(), cluster.feasibility()));
    }

    /// Without what a new node will not have.
    private Node clean(Node node) {
        List<Taint> taints = node.getSpec() == null
                ? List.of()
                : node.getSpec().getTaints().stream()
                        .filter(taint -> !isPassing(taint.getKey()))
                        .toList();
        return new NodeBuilder(node)
                .editOrNewSpec()
                .withTaints(taints)
                .withUnschedulable(null)
                .endSpec()
                .build();
    }

    private boolean isPassing(String taint) {
        return taint.equals(NodeTraits.TO_BE_DELETED)
                || taint.equals(NodeTraits.CANDIDATE)
                || CONDITIONS.contains(taint)
                || options.startupTaints().contains(taint)
                || options.statusTaints().contains(taint)
                || PASSING_PREFIXES.stream().anyMatch(taint::startsWith);
    }
}
