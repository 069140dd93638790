package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerRestartRule;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Objects;
import java.util.Optional;

/// Whether a container that has ended shall start again, or all of its pod with it. A container's own policy goes
/// over the pod's, and its rules over its policy: the first that fits the exit code decides.
final class RestartRule {

    private static final String RESTART_ALL = "RestartAllContainers";

    private RestartRule() {}

    static boolean restarts(Pod pod, Declared declared, Ended ended) {
        return switch (declared.role()) {
            case SIDECAR -> true;
            case EPHEMERAL -> false;
            // An init container that has done its work is done whatever the policy.
            case INIT -> !ended.isSuccess() && restarts(pod, declared.container(), ended);
            case MAIN -> restarts(pod, declared.container(), ended);
        };
    }

    /// Whether a container starts again that is ended because a probe failed. Its rules are about exit codes, of which
    /// there is none yet.
    static boolean restartsAfterProbe(Pod pod, Declared declared) {
        String own = declared.container().getRestartPolicy();
        return declared.isInit()
                || !"Never".equals(own != null ? own : pod.getSpec().getRestartPolicy());
    }

    /// Whether the end of this container lets all containers of its pod begin anew.
    static boolean restartsAll(Declared declared, Ended ended) {
        return declared.role() != Declared.Role.EPHEMERAL
                && matching(declared.container(), ended.exitCode())
                        .map(RESTART_ALL::equals)
                        .orElse(false);
    }

    /// Whether some rule of the pod's could.
    static boolean couldRestartAll(Pod pod) {
        return Declared.of(pod).stream()
                .flatMap(declared -> declared.container().getRestartPolicyRules().stream())
                .anyMatch(rule -> RESTART_ALL.equals(rule.getAction()));
    }

    private static boolean restarts(Pod pod, Container container, Ended ended) {
        String own = container.getRestartPolicy();
        if (own != null && matching(container, ended.exitCode()).isPresent()) {
            return true;
        }
        String policy =
                own != null ? own : Objects.requireNonNullElse(pod.getSpec().getRestartPolicy(), "Always");
        return switch (policy) {
            case "Never" -> false;
            case "OnFailure" -> !ended.isSuccess();
            default -> true;
        };
    }

    /// What the first rule that fits says.
    private static Optional<String> matching(Container container, int exitCode) {
        return container.getRestartPolicyRules().stream()
                .filter(rule -> fits(rule, exitCode))
                .map(ContainerRestartRule::getAction)
                .findFirst();
    }

    private static boolean fits(ContainerRestartRule rule, int exitCode) {
        if (rule.getExitCodes() == null) {
            return false;
        }
        boolean listed = rule.getExitCodes().getValues().contains(exitCode);
        return "In".equals(rule.getExitCodes().getOperator()) == listed;
    }
}
