package dev.longshore.autoscaler;

import dev.longshore.scheduler.Feasibility;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The cluster at one moment, in an order that does not depend on chance: by name.
///
/// @param pods those that are not over
/// @param owners knows pods' controllers
/// @param feasibility the scheduler's rules, which know this cluster's volumes
record Observation(
        Instant at,
        List<Node> nodes,
        List<Pod> pods,
        List<DaemonSet> daemonSets,
        List<PodDisruptionBudget> budgets,
        Owners owners,
        Feasibility feasibility) {

    /// What is known of the objects that control pods.
    interface Owners {

        /// Whether the controller of a pod of `namespace` is there, and how many replicas it shall have.
        State of(String namespace, OwnerReference owner);

        /// @param isThere as far as anybody knows: of kinds that nobody watches, it is assumed
        /// @param replicas zero if its kind has none
        record State(boolean isThere, int replicas) {}
    }

    Observation {
        nodes = nodes.stream().sorted(Comparator.comparing(NodeTraits::name)).toList();
        pods = pods.stream()
                .filter(pod -> !PodTraits.isOver(pod))
                .sorted(Comparator.comparing(PodTraits::key))
                .toList();
        daemonSets = daemonSets.stream()
                .sorted(Comparator.comparing(
                                (DaemonSet set) -> set.getMetadata().getNamespace())
                        .thenComparing(set -> set.getMetadata().getName()))
                .toList();
        budgets = List.copyOf(budgets);
    }

    /// Pods by the node that they are on.
    Map<String, List<Pod>> podsByNode() {
        return pods.stream()
                .filter(pod -> PodTraits.node(pod).isPresent())
                .collect(Collectors.groupingBy(pod -> PodTraits.node(pod).orElseThrow()));
    }

    /// The same without the nodes called `names`.
    Observation without(Set<String> names) {
        return new Observation(
                at,
                nodes.stream()
                        .filter(node -> !names.contains(NodeTraits.name(node)))
                        .toList(),
                pods,
                daemonSets,
                budgets,
                owners,
                feasibility);
    }

    /// The scheduler's view of the nodes that `nodes` holds, with those of their pods whose priority counts.
    Simulation simulation(List<Node> some, int expendableBelow) {
        Map<String, List<Pod>> byNode = podsByNode();
        var simulation = new Simulation(feasibility);
        for (Node node : some) {
            List<PodView> pods = byNode.getOrDefault(NodeTraits.name(node), List.of()).stream()
                    .filter(pod -> PodTraits.priority(pod) >= expendableBelow)
                    .map(PodView::of)
                    .toList();
            simulation.add(NodeView.of(node, pods));
        }
        return simulation;
    }
}
