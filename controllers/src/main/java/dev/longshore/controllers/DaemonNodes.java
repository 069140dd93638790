package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDaemonSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the pods of a DaemonSet are and where they should be.
final class DaemonNodes {

    /// Those on a node first, the oldest first.
    private static final Comparator<Pod> BY_AGE = Comparator.comparing(
                    (Pod pod) -> pod.getSpec().getNodeName() == null
                            || pod.getSpec().getNodeName().isEmpty())
            .thenComparing(pod -> pod.getMetadata().getCreationTimestamp())
            .thenComparing(pod -> pod.getMetadata().getName());

    private final DaemonSet set;
    private final String hash;
    private final Instant now;
    private final Map<String, NodeFit> fits = new LinkedHashMap<>();
    private final Map<String, List<Pod>> pods = new LinkedHashMap<>();

    /// @param hash of the newest template
    DaemonNodes(DaemonSet set, List<Node> nodes, List<Pod> pods, String hash, Instant now) {
        this.set = set;
        this.hash = hash;
        this.now = now;
        var spec = set.getSpec().getTemplate().getSpec();
        var tolerations = DaemonPods.tolerations(set);
        nodes.forEach(node -> fits.put(node.getMetadata().getName(), NodeFit.of(spec, tolerations, node)));
        // What has ended and is deleted has a finalizer or waits for the kubelet: nothing more is to be done with it.
        pods.stream()
                .filter(pod -> !(Pods.isTerminal(pod) && Keys.isBeingDeleted(pod)))
                .sorted(BY_AGE)
                .forEach(pod -> DaemonPods.node(pod)
                        .ifPresent(node -> this.pods
                                .computeIfAbsent(node, absent -> new ArrayList<>())
                                .add(pod)));
    }

    /// All nodes of the cluster.
    Map<String, NodeFit> fits() {
        return fits;
    }

    boolean shouldRun(String node) {
        return fits.containsKey(node) && fits.get(node).shouldRun();
    }

    /// How many nodes should have a pod.
    int desired() {
        return (int) fits.values().stream().filter(NodeFit::shouldRun).count();
    }

    /// Nodes that have pods or should have one; some may be gone.
    Set<String> concerned() {
        var concerned = new LinkedHashSet<String>();
        fits.keySet().stream()
                .filter(node -> shouldRun(node) || pods.containsKey(node))
                .forEach(concerned::add);
        concerned.addAll(pods.keySet());
        return concerned;
    }

    /// The pods on `node` or for it, the oldest first.
    List<Pod> on(String node) {
        return pods.getOrDefault(node, List.of());
    }

    boolean isAvailable(Pod pod) {
        return Pods.isAvailable(pod, minReadySeconds(), now);
    }

    /// Of the newest template.
    boolean isUpdated(Pod pod) {
        return DaemonPods.isOf(pod, hash)
                || DaemonPods.generation(set)
                        .filter(generation -> generation.equals(DaemonPods.generation(pod)))
                        .isPresent();
    }

    /// True if the label of `pod` says so, whatever its generation.
    boolean hasHash(Pod pod) {
        return DaemonPods.isOf(pod, hash);
    }

    boolean isRolling() {
        return !"OnDelete".equals(strategy());
    }

    /// Whether a new pod may stand beside an old one.
    boolean allowsSurge() {
        return surge(1) > 0;
    }

    /// How many nodes may have two pods.
    int maxSurge() {
        return surge(desired());
    }

    /// How many nodes may be without a pod; one, if otherwise nothing could move.
    int maxUnavailable() {
        int count = rolling()
                .map(RollingUpdateDaemonSet::getMaxUnavailable)
                .map(value -> RolloutPlan.scaled(value, desired(), true))
                .orElse(0);
        return desired() > 0 && count == 0 && maxSurge() == 0 ? 1 : count;
    }

    private int surge(int of) {
        Optional<IntOrString> surge = rolling().map(RollingUpdateDaemonSet::getMaxSurge);
        return surge.map(value -> RolloutPlan.scaled(value, of, true)).orElse(0);
    }

    private Optional<RollingUpdateDaemonSet> rolling() {
        return isRolling() && set.getSpec().getUpdateStrategy() != null
                ? Optional.ofNullable(set.getSpec().getUpdateStrategy().getRollingUpdate())
                : Optional.empty();
    }

    private String strategy() {
        return set.getSpec().getUpdateStrategy() == null
                ? "RollingUpdate"
                : set.getSpec().getUpdateStrategy().getType();
    }

    private int minReadySeconds() {
        return set.getSpec().getMinReadySeconds() == null ? 0 : set.getSpec().getMinReadySeconds();
    }
}
