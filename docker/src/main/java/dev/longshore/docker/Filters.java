package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The `filters` of a list or prune: `{"label":{"a=b":true}}`, or lists in place of the inner objects. Values of
/// one name are alternatives, but for labels, which must all hold.
record Filters(Map<String, List<String>> all) {

    Filters {
        all = Map.copyOf(all);
    }

    /// @param known which names make sense here
    static Filters parse(String json, Set<String> known) {
        var filters = new HashMap<String, List<String>>();
        if (!json.isEmpty()) {
            JsonNode tree = Json.parse(json);
            if (!tree.isObject()) {
                throw EngineException.invalid("invalid filter");
            }
            tree.properties().forEach(entry -> {
                if (!known.contains(entry.getKey())) {
                    throw EngineException.invalid("invalid filter '" + entry.getKey() + "'");
                }
                var values = new ArrayList<String>();
                if (entry.getValue().isArray()) {
                    entry.getValue().forEach(value -> values.add(value.asString("")));
                } else {
                    entry.getValue().properties().forEach(value -> values.add(value.getKey()));
                }
                filters.put(entry.getKey(), List.copyOf(values));
            });
        }
        return new Filters(filters);
    }

    List<String> values(String name) {
        return all.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return !values(name).isEmpty();
    }

    /// True if nothing is asked of `name`, or one of its values is accepted.
    boolean any(String name, Predicate<String> accepts) {
        return values(name).isEmpty() || values(name).stream().anyMatch(accepts);
    }

    /// True if each `label` is there, and each `label!` is not.
    boolean labels(Map<String, String> labels) {
        return values("label").stream().allMatch(wanted -> isThere(wanted, labels))
                && values("label!").stream().noneMatch(unwanted -> isThere(unwanted, labels));
    }

    private static boolean isThere(String wanted, Map<String, String> labels) {
        int equals = wanted.indexOf('=');
        String name = equals < 0 ? wanted : wanted.substring(0, equals);
        return labels.containsKey(name) && (equals < 0 || labels.get(name).equals(wanted.substring(equals + 1)));
    }

    /// The truth value asked of `name`.
    ///
    /// @throws EngineException when it is neither true nor false
    boolean isTrue(String name, boolean otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        return switch (values(name).getFirst().toLowerCase(java.util.Locale.ROOT)) {
            case "1", "true", "t" -> true;
            case "0", "false", "f" -> false;
            default ->
                throw EngineException.invalid(
                        "invalid filter '" + name + "=[" + values(name).getFirst() + "]'");
        };
    }
}
