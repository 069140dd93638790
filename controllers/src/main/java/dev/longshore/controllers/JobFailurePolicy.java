package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What `spec.podFailurePolicy` makes of a failed pod: the first rule that matches decides.
final class JobFailurePolicy {

    private JobFailurePolicy() {}

    /// @param action `FailJob`, `FailIndex`, `Ignore` or `Count`
    /// @param message what matched
    record Verdict(String action, String message) {}

    static Optional<Verdict> verdict(Job job, Pod pod) {
        if (job.getSpec().getPodFailurePolicy() == null || pod.getStatus() == null) {
            return Optional.empty();
        }
        List<PodFailurePolicyRule> rules = job.getSpec().getPodFailurePolicy().getRules();
        for (int i = 0; i < rules.size(); i++) {
            PodFailurePolicyRule rule = rules.get(i);
            String where = " matching %s rule at index %d".formatted(rule.getAction(), i);
            Optional<String> match = rule.getOnExitCodes() != null
                    ? matchExit(rule.getOnExitCodes(), pod)
                    : matchCondition(rule.getOnPodConditions(), pod);
            if (match.isPresent()) {
                return Optional.of(new Verdict(rule.getAction(), match.get() + where));
            }
        }
        return Optional.empty();
    }

    static boolean isIgnored(Job job, Pod pod) {
        return says(job, pod, "Ignore");
    }

    /// True if the failure of `pod` is that of its whole index.
    static boolean failsIndex(Job job, Pod pod) {
        return says(job, pod, "FailIndex");
    }

    private static boolean says(Job job, Pod pod, String action) {
        return verdict(job, pod)
                .filter(verdict -> verdict.action.equals(action))
                .isPresent();
    }

    private static Optional<String> matchExit(PodFailurePolicyOnExitCodesRequirement wanted, Pod pod) {
        return Stream.concat(
                        pod.getStatus().getContainerStatuses().stream(),
                        pod.getStatus().getInitContainerStatuses().stream())
                .filter(status -> wanted.getContainerName() == null
                        || wanted.getContainerName().equals(status.getName()))
                .filter(status -> exitCode(status)
                        .filter(code -> code != 0
                                && wanted.getValues().contains(code)
                                        == wanted.getOperator().equals("In"))
                        .isPresent())
                .map(status -> "Container %s for pod %s failed with exit code %d"
                        .formatted(
                                status.getName(), Keys.of(pod), exitCode(status).orElse(0)))
                .findFirst();
    }

    private static Optional<Integer> exitCode(ContainerStatus status) {
        return status.getState() == null || status.getState().getTerminated() == null
                ? Optional.empty()
                : Optional.ofNullable(status.getState().getTerminated().getExitCode());
    }

    private static Optional<String> matchCondition(List<PodFailurePolicyOnPodConditionsPattern> wanted, Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> wanted.stream().anyMatch(pattern -> matches(pattern, condition)))
                .map(condition -> "Pod %s has condition %s".formatted(Keys.of(pod), condition.getType()))
                .findFirst();
    }

    private static boolean matches(PodFailurePolicyOnPodConditionsPattern pattern, PodCondition condition) {
        return Objects.equals(pattern.getType(), condition.getType())
                && Objects.requireNonNullElse(pattern.getStatus(), "True").equals(condition.getStatus());
    }
}
