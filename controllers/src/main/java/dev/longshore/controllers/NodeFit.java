package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
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
        return terms.stream()
                .anyMatch(term -> matches(term, labels, node.getMetadata().getName()));
    }

    /// A term without rules matches nothing.
    private static boolean matches(NodeSelectorTerm term, Map<String, String> labels, String name) {
        boolean isEmpty =
                term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !isEmpty
                && term.getMatchExpressions().stream().allMatch(rule -> matches(rule, labels))
                && term.getMatchFields().stream().allMatch(rule -> matches(rule, Map.of("metadata.name", name)));
    }

    private static boolean matches(NodeSelectorRequirement rule, Map<String, String> labels) {
        String value = labels.get(rule.getKey());
        return switch (rule.getOperator()) {
            case "In" -> value != null && rule.getValues().contains(value);
            case "NotIn" -> value == null || !rule.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, rule) > 0;
            case "Lt" -> compare(value, rule) < 0;
            default -> false;
        };
    }

    /// Zero, which is neither greater nor less, when they are no numbers.
    private static int compare(String value, NodeSelectorRequirement rule) {
        try {
            return value == null || rule.getValues().size() != 1
                    ? 0
                    : Long.compare(
                            Long.parseLong(value),
                            Long.parseLong(rule.getValues().getFirst()));
        } catch (NumberFormatException notNumbers) {
            return 0;
        }
    }
}
