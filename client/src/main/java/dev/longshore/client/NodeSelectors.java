package dev.longshore.client;

import dev.longshore.model.SetOperators;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import java.util.List;
import java.util.Map;

/// Whether a node is what terms of a node affinity ask for.
public final class NodeSelectors {

    private NodeSelectors() {}

    /// True if one of `terms` is true of a node. A term without rules matches nothing.
    ///
    /// @param name of the node, which is all that rules about fields can ask for
    public static boolean matchAny(List<NodeSelectorTerm> terms, Map<String, String> labels, String name) {
        return terms.stream().anyMatch(term -> matches(term, labels, name));
    }

    private static boolean matches(NodeSelectorTerm term, Map<String, String> labels, String name) {
        boolean isEmpty =
                term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !isEmpty
                && term.getMatchExpressions().stream().allMatch(rule -> matches(rule, labels))
                && term.getMatchFields().stream().allMatch(rule -> matches(rule, Map.of("metadata.name", name)));
    }

    private static boolean matches(NodeSelectorRequirement rule, Map<String, String> labels) {
        return switch (rule.getOperator()) {
            case "Gt" -> compare(labels.get(rule.getKey()), rule) > 0;
            case "Lt" -> compare(labels.get(rule.getKey()), rule) < 0;
            default -> SetOperators.fits(labels, rule.getKey(), rule.getOperator(), rule.getValues());
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
