package dev.longshore.scheduler.framework;

import dev.longshore.client.NodeSelectors;
import dev.longshore.model.SetOperators;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import java.util.List;
import java.util.Map;

/// Whether labels are what is asked for.
public final class Labels {

    private Labels() {}

    /// A LabelSelector; absent matches nothing, empty everything.
    public static boolean match(LabelSelector selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        boolean hasAll = selector.getMatchLabels() == null
                || selector.getMatchLabels().entrySet().stream()
                        .allMatch(entry -> entry.getValue().equals(labels.get(entry.getKey())));
        return hasAll
                && selector.getMatchExpressions().stream()
                        .allMatch(
                                rule -> SetOperators.fits(labels, rule.getKey(), rule.getOperator(), rule.getValues()));
    }

    /// A term of node affinity: all of its rules, about labels and about `metadata.name`. A term without any
    /// rule matches nothing.
    public static boolean match(NodeSelectorTerm term, NodeView node) {
        return NodeSelectors.matchAny(List.of(term), node.labels(), node.name());
    }
}
