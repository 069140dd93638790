package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a job's policies must be like: when a failed pod fails more than itself, and when enough have succeeded.
record JobPolicyChecks(Checks checks, String path, JsonNode spec) {

    private static final int MAX_RULES = 20;
    private static final int MAX_CODES = 255;
    private static final int MAX_PATTERNS = 20;
    private static final int MAX_INDEXES_TEXT = 64 * 1024;

    void failure() {
        JsonNode policy = spec.path("podFailurePolicy");
        if (!policy.isObject()) {
            return;
        }
        String at = path + ".podFailurePolicy";
        checks.tooMany(at + ".rules", policy.path("rules").size(), MAX_RULES);
        Set<String> names = new HashSet<>();
        for (String list : new String[] {"containers", "initContainers"}) {
            Trees.list(spec, "template", "spec", list).forEach(container -> names.add(Trees.text(container, "name")));
        }
        Trees.each(policy, at, "rules", (rulePath, rule) -> rule(rulePath, rule, names));
    }

    private void rule(String at, ObjectNode rule, Set<String> names) {
        String action = Trees.text(rule, "action");
        switch (action) {
            case "" ->
                checks.required(at + ".action", "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
            case "FailIndex" -> {
                if (!Trees.has(spec, "backoffLimitPerIndex")) {
                    checks.invalid(at + ".action", action, "requires the backoffLimitPerIndex to be set");
                }
            }
            default -> checks.anyOf(at + ".action", action, "Count", "FailIndex", "FailJob", "Ignore");
        }
        boolean hasCodes = Trees.has(rule, "onExitCodes");
        boolean hasConditions = !rule.path("onPodConditions").isEmpty();
        if (hasCodes) {
            codes(at + ".onExitCodes", rule.path("onExitCodes"), names);
        }
        if (hasConditions) {
            checks.tooMany(at + ".onPodConditions", rule.path("onPodConditions").size(), MAX_PATTERNS);
            Trees.each(rule, at, "onPodConditions", this::pattern);
        }
        if (hasCodes && hasConditions) {
            checks.invalidUnshown(at, "specifying both OnExitCodes and OnPodConditions is not supported");
        } else if (!hasCodes && !hasConditions) {
            checks.invalidUnshown(at, "specifying one of OnExitCodes and OnPodConditions is required");
        }
    }

    private void pattern(String at, ObjectNode pattern) {
        Selectors.checkKey(checks, at + ".type", Trees.text(pattern, "type"));
        String status = Trees.text(pattern, "status");
        if (status.isEmpty()) {
            checks.required(at + ".status", "valid values: [\"False\" \"True\" \"Unknown\"]");
        }
        checks.anyOf(at + ".status", status, "False", "True", "Unknown");
    }

    private void codes(String at, JsonNode codes, Set<String> names) {
        String operator = Trees.text(codes, "operator");
        if (operator.isEmpty()) {
            checks.required(at + ".operator", "valid values: [\"In\" \"NotIn\"]");
        }
        checks.anyOf(at + ".operator", operator, "In", "NotIn");
        String container = Trees.text(codes, "containerName");
        if (Trees.has(codes, "containerName") && !names.contains(container)) {
            checks.invalid(
                    at + ".containerName",
                    container,
                    "must be one of the container or initContainer names in the pod template");
        }
        JsonNode values = codes.path("values");
        if (values.isEmpty()) {
            checks.invalid(at + ".values", values, "at least one value is required");
        }
        checks.tooMany(at + ".values", values.size(), MAX_CODES);
        boolean isOrdered = true;
        var seen = new HashSet<Long>();
        for (int i = 0; i < values.size(); i++) {
            long code = values.get(i).asLong(0);
            String valueAt = at + ".values[" + i + "]";
            if (operator.equals("In") && code == 0) {
                checks.invalid(valueAt, code, "must not be 0 for the In operator");
            }
            if (!seen.add(code)) {
                checks.add(Cause.duplicate(valueAt, Long.toString(code)));
            }
            isOrdered &= i == 0 || values.get(i - 1).asLong(0) <= code;
        }
        if (!isOrdered) {
            checks.invalid(at + ".values", values, "must be ordered");
        }
    }

    void success() {
        JsonNode policy = spec.path("successPolicy");
        if (!policy.isObject()) {
            return;
        }
        String at = path + ".successPolicy";
        if (!JobChecks.isIndexed(spec)) {
            checks.invalid(at, InnerTypes.of("SuccessPolicy", policy), "requires indexed completion mode");
            return;
        }
        int count = policy.path("rules").size();
        if (count == 0) {
            checks.required(at + ".rules", "at least one rules must be specified when the successPolicy is specified");
        }
        checks.tooMany(at + ".rules", count, MAX_RULES);
        Trees.each(policy, at, "rules", this::successRule);
    }

    private void successRule(String at, ObjectNode rule) {
        boolean hasCount = Trees.has(rule, "succeededCount");
        boolean hasIndexes = Trees.has(rule, "succeededIndexes");
        if (!hasCount && !hasIndexes) {
            checks.required(at, "at least one of succeededCount or succeededIndexes must be specified");
        }
        long completions = Trees.number(spec, 0, "completions");
        long total = 0;
        if (hasIndexes) {
            String text = Trees.text(rule, "succeededIndexes");
            checks.tooLong(at + ".succeededIndexes", text, MAX_INDEXES_TEXT);
            var indexes = Indexes.parse(text, completions);
            total = indexes.total();
            if (!indexes.fault().isEmpty()) {
                checks.invalid(at + ".succeededIndexes", text, "error parsing succeededIndexes: " + indexes.fault());
            }
        }
        if (hasCount) {
            String countAt = at + ".succeededCount";
            long wanted = Trees.number(rule, 0, "succeededCount");
            checks.nonNegative(countAt, rule.path("succeededCount"));
            if (wanted > completions) {
                checks.invalid(
                        countAt,
                        wanted,
                        "must be less than or equal to " + completions + " (the number of specified completions)");
            }
            if (hasIndexes && wanted > total) {
                checks.invalid(
                        countAt,
                        wanted,
                        "must be less than or equal to " + total
                                + " (the number of indexes in the specified succeededIndexes field)");
            }
        }
    }
}
