package dev.longshore.network.view;

import dev.longshore.model.SetOperators;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A label selector. Without conditions it selects everything.
public record Selector(List<Condition> conditions) {

    /// Selects everything.
    public static final Selector ALL = new Selector(List.of());

    public Selector {
        conditions = List.copyOf(conditions);
    }

    /// A condition on one label.
    ///
    /// @param operator `In`, `NotIn`, `Exists` or `DoesNotExist`
    public record Condition(String key, String operator, List<String> values) {
        boolean holds(Map<String, String> labels) {
            return SetOperators.fits(labels, key, operator, values);
        }
    }

    /// Selects what has this label.
    public static Selector label(String key, String value) {
        return new Selector(List.of(new Condition(key, "In", List.of(value))));
    }

    static Selector of(LabelSelector selector) {
        var conditions = new ArrayList<Condition>();
        if (selector.getMatchLabels() != null) {
            selector.getMatchLabels().forEach((key, value) -> conditions.add(new Condition(key, "In", List.of(value))));
        }
        if (selector.getMatchExpressions() != null) {
            for (LabelSelectorRequirement requirement : selector.getMatchExpressions()) {
                List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
                conditions.add(new Condition(requirement.getKey(), requirement.getOperator(), List.copyOf(values)));
            }
        }
        return new Selector(conditions);
    }

    /// Whether it selects what has `labels`.
    public boolean matches(Map<String, String> labels) {
        return conditions.stream().allMatch(condition -> condition.holds(labels));
    }
}
