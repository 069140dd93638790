package dev.longshore.kinds.kit;

import dev.longshore.model.MetadataRules;
import dev.longshore.model.SetOperators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Labels and label selectors, as objects hold them.
public final class Selectors {

    private Selectors() {}

    /// True if the LabelSelector `selector` picks something with `labels`. An empty one picks everything.
    public static boolean matches(JsonNode selector, Map<String, String> labels) {
        for (var wanted : Trees.texts(selector, "matchLabels").entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        return Trees.list(selector, "matchExpressions").stream().allMatch(expression -> fits(expression, labels));
    }

    private static boolean fits(ObjectNode expression, Map<String, String> labels) {
        return SetOperators.fits(
                labels,
                Trees.text(expression, "key"),
                Trees.text(expression, "operator"),
                Trees.strings(expression, "values"));
    }

    /// True if it picks everything.
    public static boolean isEmpty(JsonNode selector) {
        return selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty();
    }

    /// As kubectl shows it: `app=web,tier in (a,b)`; `<none>` for an empty one.
    public static String shown(JsonNode selector) {
        // By key; what is the same there stays in the selector's order.
        var parts = new TreeMap<String, List<String>>();
        Trees.texts(selector, "matchLabels")
                .forEach((key, value) ->
                        parts.computeIfAbsent(key, fresh -> new ArrayList<>()).add(key + "=" + value));
        for (ObjectNode expression : Trees.list(selector, "matchExpressions")) {
            String key = Trees.text(expression, "key");
            String values = String.join(
                    ",", Trees.strings(expression, "values").stream().sorted().toList());
            parts.computeIfAbsent(key, fresh -> new ArrayList<>())
                    .add(
                            switch (Trees.text(expression, "operator")) {
                                case "In" -> key + " in (" + values + ")";
                                case "NotIn" -> key + " notin (" + values + ")";
                                case "DoesNotExist" -> "!" + key;
                                default -> key;
                            });
        }
        return parts.isEmpty()
                ? "<none>"
                : parts.values().stream().flatMap(List::stream).collect(Collectors.joining(","));
    }

    /// As Go prints a LabelSelector.
    public static String shownAsGo(JsonNode selector) {
        String labels = new TreeMap<>(Trees.texts(selector, "matchLabels"))
                .entrySet().stream()
                        .map(label -> label.getKey() + ": " + label.getValue() + ",")
                        .collect(Collectors.joining());
        String expressions = Trees.list(selector, "matchExpressions").stream()
                .map(one -> "LabelSelectorRequirement{Key:%s,Operator:%s,Values:[%s],},"
                        .formatted(
                                Trees.text(one, "key"),
                                Trees.text(one, "operator"),
                                String.join(" ", Trees.strings(one, "values"))))
                .collect(Collectors.joining());
        return "&LabelSelector{MatchLabels:map[string]string{%s},MatchExpressions:[]LabelSelectorRequirement{%s},}"
                .formatted(labels, expressions);
    }

    /// A map of labels as kubectl shows it: `a=1,b=2`.
    public static String shownLabels(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return "<none>";
        }
        var parts = new ArrayList<String>();
        new TreeMap<>(labels).forEach((key, value) -> parts.add(key + "=" + value));
        return String.join(",", parts);
    }

    /// Checks a LabelSelector that was made when the rule for its values was not yet, perhaps.
    public static void checkOrKept(Checks checks, String path, JsonNode selector) {
        check(checks, path, selector, rule -> checks.under(Tightened.SELECTOR_VALUES, rule));
    }

    /// Checks a LabelSelector.
    public static void check(Checks checks, String path, JsonNode selector) {
        check(checks, path, selector, Runnable::run);
    }

    private static void check(Checks checks, String path, JsonNode selector, Consumer<Runnable> values) {
        checkLabels(checks, path + ".matchLabels", selector.path("matchLabels"));
        int index = 0;
        for (ObjectNode expression : Trees.list(selector, "matchExpressions")) {
            String at = path + ".matchExpressions[" + index++ + "]";
            boolean isEmpty = expression.path("values").isEmpty();
            switch (Trees.text(expression, "operator")) {
                case "In", "NotIn" -> {
                    if (isEmpty) {
                        checks.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (!isEmpty) {
                        checks.forbidden(
                                at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                default ->
                    checks.invalid(
                            at + ".operator", Trees.text(expression, "operator"), "not a valid selector operator");
            }
            checkKey(checks, at + ".key", Trees.text(expression, "key"));
            values.accept(() -> checkValues(checks, at + ".values", expression));
        }
    }

    private static void checkValues(Checks checks, String path, ObjectNode expression) {
        int number = 0;
        for (String value : Trees.strings(expression, "values")) {
            checkValue(checks, path + "[" + number++ + "]", value);
        }
    }

    /// Checks a map of labels.
    public static void checkLabels(Checks checks, String path, JsonNode labels) {
        labels.properties().forEach(label -> {
            checkKey(checks, path, label.getKey());
            checkValue(checks, path, label.getValue().asString(""));
        });
    }

    /// Checks a label's or annotation's key: `[PREFIX/]NAME`.
    public static void checkKey(Checks checks, String path, String key) {
        keyFaults(key).forEach(fault -> checks.invalid(path, key, fault));
    }

    /// What is wrong with a qualified name.
    public static List<String> keyFaults(String key) {
        return MetadataRules.qualifiedName(key);
    }

    /// Checks the value of a label.
    public static void checkValue(Checks checks, String path, String value) {
        MetadataRules.labelValue(value).forEach(fault -> checks.invalid(path, value, fault));
    }
}
