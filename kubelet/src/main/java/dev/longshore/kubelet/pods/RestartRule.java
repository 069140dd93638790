package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerRestartRule;
import io.fabric8.kubernetes.api.model.Pod;

/// Whether a container that has ended shall start again.
final class RestartRule {

    private RestartRule() {}

    static boolean restarts(Pod pod, Declared declared, Ended ended) {
        Container container = declared.container();
        for (ContainerRestartRule rule : container.getRestartPolicyRules()) {
            if (matches(rule, ended.exitCode())) {
                return true;
            }
        }
        String policy = container.getRestartPolicy() != null
                ? container.getRestartPolicy()
                : pod.getSpec().getRestartPolicy();
        return switch (declared.role()) {
            case SIDECAR -> true;
            case EPHEMERAL -> false;
            // An init container that has done its work is done whatever the policy; it is tried again unless that is
            // Never.
            case INIT -> !ended.isSuccess() && !"Never".equals(policy);
            case MAIN ->
                switch (policy == null ? "Always" : policy) {
                    case "Never" -> false;
                    case "OnFailure" -> !ended.isSuccess();
                    default -> true;
                };
        };
    }

    private static boolean matches(ContainerRestartRule rule, int exitCode) {
        if (!"Restart".equals(rule.getAction()) || rule.getExitCodes() == null) {
            return false;
        }
        boolean listed = rule.getExitCodes().getValues().contains(exitCode);
        return "In".equals(rule.getExitCodes().getOperator()) == listed;
    }
}
