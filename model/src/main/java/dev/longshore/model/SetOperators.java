package dev.longshore.model;

import java.util.Collection;
import java.util.Map;

/// The operators of label selectors and node affinities that are about sets, as objects spell them: `In`, `NotIn`,
/// `Exists`, `DoesNotExist`.
public final class SetOperators {

    private SetOperators() {}

    /// Whether the label `key` is what `operator` asks for; what is no operator fits nothing.
    public static boolean fits(Map<String, String> labels, String key, String operator, Collection<String> values) {
        String value = labels.get(key);
        return switch (operator) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }
}
