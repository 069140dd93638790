package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What selectors of nodes must be like, in pods and in persistent volumes.
public final class NodeSelectorChecks {

    private NodeSelectorChecks() {}

    /// Checks a whole selector, which has one term at least.
    public static void selector(Checks checks, String path, JsonNode selector) {
        if (selector.path("nodeSelectorTerms").isEmpty()) {
            checks.required(path + ".nodeSelectorTerms", "must have at least one node selector term");
        }
        Trees.each(selector, path, "nodeSelectorTerms", (at, term) -> term(checks, at, term, true));
    }

    /// Checks one term; values that no label can have are tolerated in mere preferences.
    static void term(Checks checks, String path, JsonNode term, boolean isRequired) {
        Trees.each(term, path, "matchExpressions", (at, expression) -> expression(checks, at, expression, isRequired));
        Trees.each(term, path, "matchFields", (at, field) -> field(checks, at, field));
    }

    private static void expression(Checks checks, String at, ObjectNode expression, boolean isRequired) {
        List<String> values = Trees.strings(expression, "values");
        switch (Trees.text(expression, "operator")) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    checks.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    checks.forbidden(
                            at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            case "Gt", "Lt" -> {
                if (values.size() != 1) {
                    checks.required(at + ".values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }
            }
            default -> unknownOperator(checks, at, expression);
        }
        Selectors.checkKey(checks, at + ".key", Trees.text(expression, "key"));
        checks.under(Tightened.NODE_VALUES, () -> {
            for (int i = 0; isRequired && i < values.size(); i++) {
                Selectors.checkValue(checks, at + ".values[" + i + "]", values.get(i));
            }
        });
    }

    private static void unknownOperator(Checks checks, String at, ObjectNode expression) {
        checks.invalid(at + ".operator", Trees.text(expression, "operator"), "not a valid selector operator");
    }

    private static void field(Checks checks, String at, ObjectNode field) {
        List<String> values = Trees.strings(field, "values");
        switch (Trees.text(field, "operator")) {
            case "In", "NotIn" -> {
                if (values.size() != 1) {
                    checks.required(
                            at + ".values",
                            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
                }
            }
            default -> unknownOperator(checks, at, field);
        }
        String key = Trees.text(field, "key");
        if (!key.equals("metadata.name")) {
            checks.invalid(at + ".key", key, "not a valid field selector key");
            return;
        }
        for (int i = 0; i < values.size(); i++) {
            checks.name(at + ".values[" + i + "]", values.get(i), NameRule.DNS_SUBDOMAIN);
        }
    }
}
