package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Workloads;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a PodDisruptionBudget may not say.
final class BudgetChecks {

    private static final List<String> POLICIES = List.of("AlwaysAllow", "IfHealthyBudget");

    private BudgetChecks() {}

    static void check(Checks checks, ObjectNode budget) {
        JsonNode spec = budget.path("spec");
        if (Trees.has(spec, "minAvailable") && Trees.has(spec, "maxUnavailable")) {
            checks.invalid(
                    "spec",
                    InnerTypes.of("PodDisruptionBudgetSpec", spec),
                    "minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : List.of("minAvailable", "maxUnavailable")) {
            Workloads.countOrPercent(checks, "spec." + field, spec.path(field));
            notMoreThanAll(checks, "spec." + field, spec.path(field));
        }
        Selectors.checkOrKept(checks, "spec.selector", spec.path("selector"));
        String policy = Trees.text(spec, "unhealthyPodEvictionPolicy");
        // A pointer in the original: an empty text is there, and is none of them.
        if (spec.path("unhealthyPodEvictionPolicy").isString() && !POLICIES.contains(policy)) {
            checks.unsupported("spec.unhealthyPodEvictionPolicy", policy, POLICIES.toArray(String[]::new));
        }
    }

    private static void notMoreThanAll(Checks checks, String path, JsonNode value) {
        String text = value.isString() ? value.asString() : "";
        String digits = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
        boolean isPercent = !digits.isEmpty() && digits.chars().allMatch(Character::isDigit);
        if (isPercent && (digits.length() > 9 || Integer.parseInt(digits) > 100)) {
            checks.invalid(path, text, "must not be greater than 100%");
        }
    }

    static void status(Checks checks, ObjectNode budget, ObjectNode old) {
        JsonNode status = budget.path("status");
        Conditions.check(checks, "status.conditions", status.path("conditions"));
        for (String field : List.of("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")) {
            checks.nonNegative("status." + field, status.path(field));
        }
    }
}
