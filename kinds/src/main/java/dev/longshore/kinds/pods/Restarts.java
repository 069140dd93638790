package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether a container that has ended may begin again: by its own rules and policy, else by its pod's.
final class Restarts {

    private Restarts() {}

    /// True if some container's end may restart all of the pod with `spec`, whatever their own policies are.
    static boolean mayBeAll(JsonNode spec) {
        return List.of("containers", "initContainers").stream()
                .flatMap(list -> Trees.list(spec, list).stream())
                .flatMap(container -> Trees.list(container, "restartPolicyRules").stream())
                .anyMatch(rule -> Trees.text(rule, "action").equals("RestartAllContainers"));
    }

    /// True if `container` of the pod with `spec` begins again after it has ended with `exitCode`.
    static boolean may(JsonNode container, JsonNode spec, long exitCode) {
        String own = Trees.text(container, "restartPolicy");
        if (!own.isEmpty() && isRestartedByRule(container, exitCode)) {
            return true;
        }
        return switch (own) {
            case "Always", "OnFailure", "Never" -> allows(own, exitCode);
            default -> allows(Trees.text(spec, "restartPolicy"), exitCode);
        };
    }

    private static boolean allows(String policy, long exitCode) {
        return switch (policy) {
            case "Never" -> false;
            case "OnFailure" -> exitCode != 0;
            default -> true;
        };
    }

    /// The first rule that fits the exit code decides.
    private static boolean isRestartedByRule(JsonNode container, long exitCode) {
        for (ObjectNode rule : Trees.list(container, "restartPolicyRules")) {
            JsonNode codes = rule.path("exitCodes");
            boolean isListed = codes.path("values").valueStream().anyMatch(code -> code.asLong(0) == exitCode);
            boolean isWanted = Trees.text(codes, "operator").equals("In");
            if (codes.isObject() && isListed == isWanted) {
                return Trees.text(rule, "action").equals("Restart");
            }
        }
        return false;
    }
}
