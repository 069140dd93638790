package dev.longshore.controllers;

import dev.longshore.client.NodeSelectors;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Whether a DaemonSet's pod belongs on a node, and may stay there. Asked of the node's name, labels and taints
/// only: whether there is room is the scheduler's affair.
///
/// @param shouldRun a pod is to be there
/// @param mayStay one that is there is left alone
record NodeFit(boolean shouldRun, boolean mayStay) {

    private static final NodeFit NEITHER = new NodeFit(false, false);

    static NodeFit of(PodSpec spec, List<Toleration> tolerations, Node node) {
        boolean isNamed = spec.getNodeName() == null
                || spec.getNodeName().isEmpty()
                || spec.getNodeName().equals(node.getMetadata().getName());
        if (!isNamed || !isSelected(spec, node)) {
            return NEITHER;
        }
        boolean mayRun = node.getSpec().getTaints().stream()
                .filter(taint -> !taint.getEffect().equals("PreferNoSchedule"))
                .allMatch(taint -> tolerations.stream().anyMatch(some -> NodeTaints.tolerates(some, taint)));
        boolean mayStay = node.getSpec().getTaints().stream()
                .filter(taint -> taint.getEffect().equals("NoExecute"))
                .allMatch(taint -> tolerations.stream().anyMatch(some -> NodeTaints.tolerates(some, taint)));
        return new NodeFit(mayRun, mayStay);
    }

    private static boolean isSelected(PodSpec spec, Node node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        if (!Selectors.matches(spec.getNodeSelector(), labels)) {
            return false;
        }
        var affinity = spec.getAffinity() == null ? null : spec.getAffinity().getNodeAffinity();
        var required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        return required == null || isAnyOf(required.getNodeSelectorTerms(), node);
    }

    /// True if one of `terms` is true of `node`.
    static boolean isAnyOf(List<NodeSelectorTerm> terms, Node node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        return NodeSelectors.matchAny(terms, labels, node.getMetadata().getName());
    }
}
