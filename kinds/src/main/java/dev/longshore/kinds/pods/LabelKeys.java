package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `matchLabelKeys` and `mismatchLabelKeys` name labels whose values a new pod has: with these values they become
/// part of the selectors beside them, where the scheduler looks.
final class LabelKeys {

    private static final List<String> LISTS = List.of(
            "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution");

    private LabelKeys() {}

    static void apply(ObjectNode pod) {
        Map<String, String> labels = Trees.texts(pod, "metadata", "labels");
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            for (String list : LISTS) {
                for (ObjectNode term : Trees.list(pod, "spec", "affinity", kind, list)) {
                    apply(Trees.object(term, "podAffinityTerm").orElse(term), labels);
                }
            }
        }
        Trees.list(pod, "spec", "topologySpreadConstraints").forEach(constraint -> apply(constraint, labels));
    }

    private static void apply(ObjectNode term, Map<String, String> labels) {
        Trees.object(term, "labelSelector").ifPresent(selector -> {
            add(selector, Trees.strings(term, "matchLabelKeys"), "In", labels);
            add(selector, Trees.strings(term, "mismatchLabelKeys"), "NotIn", labels);
        });
    }

    private static void add(ObjectNode selector, List<String> keys, String operator, Map<String, String> labels) {
        for (String key : keys) {
            String value = labels.get(key);
            if (value != null) {
                ArrayNode expressions = selector.withArray("matchExpressions");
                expressions
                        .addObject()
                        .put("key", key)
                        .put("operator", operator)
                        .putArray("values")
                        .add(value);
            }
        }
    }
}
