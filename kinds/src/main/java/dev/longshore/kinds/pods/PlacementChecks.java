package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What affinity, tolerations and spread constraints must be like.
final class PlacementChecks {

    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private PlacementChecks() {}

    static void check(Checks checks, String path, JsonNode spec) {
        affinity(checks, path + ".affinity", spec.path("affinity"));
        int index = 0;
        for (ObjectNode toleration : Trees.list(spec, "tolerations")) {
            toleration(checks, path + ".tolerations[" + index++ + "]", toleration);
        }
        index = 0;
        for (ObjectNode constraint : Trees.list(spec, "topologySpreadConstraints")) {
            spread(checks, path + ".topologySpreadConstraints[" + index++ + "]", constraint);
        }
    }

    private static void affinity(Checks checks, String path, JsonNode affinity) {
        JsonNode node = affinity.path("nodeAffinity");
        Trees.object(node, REQUIRED).ifPresent(required -> {
            String at = path + ".nodeAffinity." + REQUIRED + ".nodeSelectorTerms";
            if (required.path("nodeSelectorTerms").isEmpty()) {
                checks.required(at, "must have at least one node selector term");
            }
            int index = 0;
            for (ObjectNode term : Trees.list(required, "nodeSelectorTerms")) {
                term(checks, at + "[" + index++ + "]", term);
            }
        });
        int index = 0;
        for (ObjectNode weighted : Trees.list(node, PREFERRED)) {
            String at = path + ".nodeAffinity." + PREFERRED + "[" + index++ + "]";
            weight(checks, at, weighted);
            term(checks, at + ".preference", weighted.path("preference"));
        }
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            pods(checks, path + "." + kind, affinity.path(kind));
        }
    }

    private static void pods(Checks checks, String path, JsonNode affinity) {
        int index = 0;
        for (ObjectNode term : Trees.list(affinity, REQUIRED)) {
            podTerm(checks, path + "." + REQUIRED + "[" + index++ + "]", term);
        }
        index = 0;
        for (ObjectNode weighted : Trees.list(affinity, PREFERRED)) {
            String at = path + "." + PREFERRED + "[" + index++ + "]";
            weight(checks, at, weighted);
            podTerm(checks, at + ".podAffinityTerm", weighted.path("podAffinityTerm"));
        }
    }

    private static void podTerm(Checks checks, String path, JsonNode term) {
        Selectors.check(checks, path + ".labelSelector", term.path("labelSelector"));
        Selectors.check(checks, path + ".namespaceSelector", term.path("namespaceSelector"));
        String key = Trees.text(term, "topologyKey");
        if (key.isEmpty()) {
            checks.required(path + ".topologyKey", "can not be empty");
        } else {
            Selectors.checkKey(checks, path + ".topologyKey", key);
        }
    }

    private static void weight(Checks checks, String path, JsonNode weighted) {
        long weight = Trees.number(weighted, 0, "weight");
        if (weight < 1 || weight > 100) {
            checks.invalid(path + ".weight", weight, "must be in the range 1-100");
        }
    }

    /// Checks a node selector's term.
    private static void term(Checks checks, String path, JsonNode term) {
        int index = 0;
        for (ObjectNode expression : Trees.list(term, "matchExpressions")) {
            String at = path + ".matchExpressions[" + index++ + "]";
            int values = expression.path("values").size();
            String operator = Trees.text(expression, "operator");
            switch (operator) {
                case "In", "NotIn" -> {
                    if (values == 0) {
                        checks.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (values > 0) {
                        checks.forbidden(
                                at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                case "Gt", "Lt" -> {
                    if (values != 1) {
                        checks.required(
                                at + ".values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                    }
                }
                default -> checks.invalid(at + ".operator", operator, "not a valid selector operator");
            }
            Selectors.checkKey(checks, at + ".key", Trees.text(expression, "key"));
        }
    }

    private static void toleration(Checks checks, String path, ObjectNode toleration) {
        String key = Trees.text(toleration, "key");
        String operator = Trees.text(toleration, "operator");
        if (!key.isEmpty()) {
            Selectors.checkKey(checks, path + ".key", key);
        } else if (!operator.equals("Exists")) {
            checks.invalid(
                    path + ".operator",
                    operator,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }
        if (toleration.path("tolerationSeconds").isNumber()
                && !Trees.text(toleration, "effect").equals("NoExecute")) {
            checks.invalid(
                    path + ".effect",
                    Trees.text(toleration, "effect"),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        checks.oneOf(path + ".operator", operator, "Equal", "Exists");
        if (operator.equals("Exists") && !Trees.text(toleration, "value").isEmpty()) {
            checks.invalid(path + ".operator", toleration, "value must be empty when `operator` is 'Exists'");
        }
        checks.oneOf(path + ".effect", Trees.text(toleration, "effect"), "NoSchedule", "PreferNoSchedule", "NoExecute");
    }

    private static void spread(Checks checks, String path, ObjectNode constraint) {
        checks.positive(path + ".maxSkew", constraint.path("maxSkew"));
        checks.requiredText(path + ".topologyKey", Trees.text(constraint, "topologyKey"));
        checks.requiredOneOf(
                path + ".whenUnsatisfiable",
                Trees.text(constraint, "whenUnsatisfiable"),
                "DoNotSchedule",
                "ScheduleAnyway");
        checks.positive(path + ".minDomains", constraint.path("minDomains"));
        Selectors.check(checks, path + ".labelSelector", constraint.path("labelSelector"));
    }
}
