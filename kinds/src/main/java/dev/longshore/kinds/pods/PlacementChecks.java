package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What affinity, tolerations and spread constraints must be like.
public final class PlacementChecks {

    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private PlacementChecks() {}

    static void affinity(Checks checks, String path, JsonNode affinity) {
        JsonNode node = affinity.path("nodeAffinity");
        if (node.get(REQUIRED) instanceof ObjectNode required) {
            NodeSelectorChecks.selector(checks, path + ".nodeAffinity." + REQUIRED, required);
        }
        Trees.each(node, path + ".nodeAffinity", PREFERRED, (at, weighted) -> {
            weight(checks, at, weighted);
            NodeSelectorChecks.term(checks, at + ".preference", weighted.path("preference"), false);
        });
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            JsonNode pods = affinity.path(kind);
            Trees.each(pods, path + "." + kind, REQUIRED, (at, term) -> podTerm(checks, at, term));
            Trees.each(pods, path + "." + kind, PREFERRED, (at, weighted) -> {
                weight(checks, at, weighted);
                podTerm(checks, at + ".podAffinityTerm", weighted.path("podAffinityTerm"));
            });
        }
    }

    private static void weight(Checks checks, String path, JsonNode weighted) {
        long weight = Trees.number(weighted, 0, "weight");
        if (weight < 1 || weight > 100) {
            checks.invalid(path + ".weight", weight, "must be in the range 1-100");
        }
    }

    private static void podTerm(Checks checks, String path, JsonNode term) {
        Selectors.checkOrKept(checks, path + ".labelSelector", term.path("labelSelector"));
        Selectors.checkOrKept(checks, path + ".namespaceSelector", term.path("namespaceSelector"));
        for (String namespace : Trees.strings(term, "namespaces")) {
            checks.name(path + ".namespace", namespace, NameRule.DNS_LABEL);
        }
        labelKeys(checks, path, term);
        String key = Trees.text(term, "topologyKey");
        if (key.isEmpty()) {
            checks.required(path + ".topologyKey", "can not be empty");
        }
        Selectors.checkKey(checks, path + ".topologyKey", key);
    }

    private static void labelKeys(Checks checks, String path, JsonNode term) {
        List<String> match = Trees.strings(term, "matchLabelKeys");
        List<String> mismatch = Trees.strings(term, "mismatchLabelKeys");
        keys(checks, path + ".matchLabelKeys", match, term);
        keys(checks, path + ".mismatchLabelKeys", mismatch, term);
        selectedTwice(checks, path, term);
        for (int i = 0; i < match.size(); i++) {
            if (mismatch.contains(match.get(i))) {
                checks.invalid(
                        path + ".matchLabelKeys[" + i + "]",
                        match.get(i),
                        "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    }

    /// A new pod's label keys are in its selector already, see [LabelKeys]: twice means that the client named one
    /// there too.
    private static void selectedTwice(Checks checks, String path, JsonNode term) {
        List<String> match = Trees.strings(term, "matchLabelKeys");
        var selected =
                new HashSet<>(Trees.at(term, "labelSelector", "matchLabels").propertyNames());
        for (ObjectNode expression : Trees.list(term, "labelSelector", "matchExpressions")) {
            String key = Trees.text(expression, "key");
            if (!selected.add(key) && match.contains(key)) {
                checks.invalid(
                        path + "[" + match.lastIndexOf(key) + "]",
                        key,
                        "exists in both matchLabelKeys and labelSelector");
            }
        }
    }

    private static void keys(Checks checks, String path, List<String> keys, JsonNode term) {
        if (!keys.isEmpty() && !Trees.has(term, "labelSelector")) {
            checks.forbidden(path, "must not be specified when labelSelector is not set");
            return;
        }
        for (int i = 0; i < keys.size(); i++) {
            Selectors.checkKey(checks, path + "[" + i + "]", keys.get(i));
        }
    }

    /// Checks one toleration of taints.
    public static void toleration(Checks checks, String path, ObjectNode toleration) {
        String key = Trees.text(toleration, "key");
        String operator = Trees.text(toleration, "operator");
        String value = Trees.text(toleration, "value");
        String effect = Trees.text(toleration, "effect");
        if (!key.isEmpty()) {
            Selectors.checkKey(checks, path + ".key", key);
        } else if (!operator.equals("Exists")) {
            checks.invalid(
                    path + ".operator",
                    operator,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }
        if (toleration.path("tolerationSeconds").isNumber() && !effect.equals("NoExecute")) {
            checks.invalid(path + ".effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        switch (operator) {
            case "", "Equal" -> {
                List<String> faults = MetadataRules.labelValue(value);
                if (!faults.isEmpty()) {
                    checks.invalid(path + ".operator", value, String.join(";", faults));
                }
            }
            case "Exists" -> {
                if (!value.isEmpty()) {
                    checks.invalid(path + ".operator", value, "value must be empty when `operator` is 'Exists'");
                }
            }
            // Known, but behind the gate TaintTolerationComparisonOperators.
            case "Lt", "Gt" -> checks.unsupported(path + ".operator", operator, "Equal", "Exists", "Lt", "Gt");
            default -> checks.unsupported(path + ".operator", operator, "Equal", "Exists");
        }
        checks.anyOf(path + ".effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
    }

    static void spread(Checks checks, String path, JsonNode spec) {
        List<ObjectNode> all = Trees.list(spec, "topologySpreadConstraints");
        for (int i = 0; i < all.size(); i++) {
            constraint(
                    checks,
                    path + ".topologySpreadConstraints[" + i + "]",
                    all.get(i),
                    all.subList(i + 1, all.size()).stream()
                            .map(PlacementChecks::pair)
                            .toList());
        }
    }

    private static String pair(ObjectNode constraint) {
        return "{" + Trees.text(constraint, "topologyKey") + ", " + Trees.text(constraint, "whenUnsatisfiable") + "}";
    }

    /// Checks one; the first of two alike is blamed: each is compared with `later` ones.
    private static void constraint(Checks checks, String at, ObjectNode constraint, List<String> later) {
        String action = Trees.text(constraint, "whenUnsatisfiable");
        if (Trees.number(constraint, 0, "maxSkew") <= 0) {
            checks.invalid(at + ".maxSkew", Trees.number(constraint, 0, "maxSkew"), "must be greater than zero");
        }
        if (Trees.text(constraint, "topologyKey").isEmpty()) {
            checks.required(at + ".topologyKey", "can not be empty");
        }
        if (!action.equals("DoNotSchedule") && !action.equals("ScheduleAnyway")) {
            checks.unsupported(at + ".whenUnsatisfiable", action, "DoNotSchedule", "ScheduleAnyway");
        }
        if (later.contains(pair(constraint))) {
            checks.duplicate(at + ".{topologyKey, whenUnsatisfiable}", pair(constraint));
        }
        if (constraint.path("minDomains").isNumber()) {
            long domains = constraint.path("minDomains").asLong();
            if (domains <= 0) {
                checks.invalid(at + ".minDomains", domains, "must be greater than zero");
            }
            if (!action.equals("DoNotSchedule")) {
                checks.invalid(
                        at + ".minDomains",
                        domains,
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + action);
            }
        }
        for (String policy : List.of("nodeAffinityPolicy", "nodeTaintsPolicy")) {
            checks.anyOf(at + "." + policy, Trees.text(constraint, policy), "Honor", "Ignore");
        }
        checks.under(Tightened.SPREAD_KEYS, () -> {
            keys(checks, at + ".matchLabelKeys", Trees.strings(constraint, "matchLabelKeys"), constraint);
            selectedTwice(checks, at, constraint);
        });
        checks.under(
                Tightened.SPREAD_SELECTORS,
                () -> Selectors.check(checks, at + ".labelSelector", constraint.path("labelSelector")));
    }
}
