package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.SuccessPolicyRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a Job is to end, once that is clear.
///
/// @param isFailure or success
record JobEnding(boolean isFailure, String reason, String message) {

    private static final int DEFAULT_BACKOFF_LIMIT = 6;

    static Optional<JobEnding> of(Job job, JobTally tally, List<Pod> pods, Instant now) {
        return decided(job)
                .or(() -> byFailurePolicy(job, pods))
                .or(() -> byBackoff(job, tally, pods))
                .or(() -> byDeadline(job, now))
                .or(() -> bySuccessPolicy(job, tally))
                .or(() -> byCompletions(job, tally, pods));
    }

    /// How long the Job may still run, if that is limited.
    static Optional<Duration> untilDeadline(Job job, Instant now) {
        Long limit = job.getSpec().getActiveDeadlineSeconds();
        String started = job.getStatus() == null ? null : job.getStatus().getStartTime();
        return limit == null || started == null || isSuspended(job)
                ? Optional.empty()
                : Optional.of(Duration.between(now, Instant.parse(started).plusSeconds(limit)));
    }

    static boolean isSuspended(Job job) {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    private static Optional<JobEnding> decided(Job job) {
        return JobConditions.find(job.getStatus(), JobConditions.FAILURE_TARGET)
                .map(condition -> ending(true, condition))
                .or(() -> JobConditions.find(job.getStatus(), JobConditions.SUCCESS_CRITERIA_MET)
                        .map(condition -> ending(false, condition)));
    }

    private static JobEnding ending(boolean isFailure, JobCondition condition) {
        return new JobEnding(isFailure, condition.getReason(), condition.getMessage());
    }

    private static Optional<JobEnding> byFailurePolicy(Job job, List<Pod> pods) {
        return pods.stream()
                .filter(JobPods::isTracked)
                .flatMap(pod -> JobFailurePolicy.verdict(job, pod).stream())
                .filter(verdict -> verdict.action().equals("FailJob"))
                .map(verdict -> new JobEnding(true, "PodFailurePolicy", verdict.message()))
                .findFirst();
    }

    private static Optional<JobEnding> byBackoff(Job job, JobTally tally, List<Pod> pods) {
        int limit = job.getSpec().getBackoffLimit() == null
                ? DEFAULT_BACKOFF_LIMIT
                : job.getSpec().getBackoffLimit();
        boolean isOver = tally.allFailed() > limit || restartsInPlace(job) && isPast(limit, restarts(pods));
        return isOver
                ? Optional.of(
                        new JobEnding(true, "BackoffLimitExceeded", "Job has reached the specified backoff limit"))
                : Optional.empty();
    }

    /// Containers that the node restarts make no failed pods, so their restarts count; with a limit of zero the
    /// first restart is one too many.
    private static boolean isPast(int limit, int restarts) {
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private static boolean restartsInPlace(Job job) {
        return "OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy());
    }

    private static int restarts(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> Pods.isActive(pod) && pod.getStatus() != null)
                .flatMap(pod -> java.util.stream.Stream.concat(
                        pod.getStatus().getContainerStatuses().stream(),
                        pod.getStatus().getInitContainerStatuses().stream()))
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    private static Optional<JobEnding> byDeadline(Job job, Instant now) {
        return untilDeadline(job, now)
                .filter(left -> !left.isPositive())
                .map(over -> new JobEnding(true, "DeadlineExceeded", "Job was active longer than specified deadline"));
    }

    private static Optional<JobEnding> bySuccessPolicy(Job job, JobTally tally) {
        if (job.getSpec().getSuccessPolicy() == null || !JobPods.isIndexed(job)) {
            return Optional.empty();
        }
        List<SuccessPolicyRule> rules = job.getSpec().getSuccessPolicy().getRules();
        for (int i = 0; i < rules.size(); i++) {
            if (isMet(rules.get(i), tally.completed(), job.getSpec().getCompletions())) {
                return Optional.of(new JobEnding(false, "SuccessPolicy", "Matched rules at index " + i));
            }
        }
        return Optional.empty();
    }

    private static boolean isMet(SuccessPolicyRule rule, JobIndexes completed, int completions) {
        if (rule.getSucceededIndexes() == null) {
            return rule.getSucceededCount() != null && completed.size() >= rule.getSucceededCount();
        }
        JobIndexes wanted = JobIndexes.parse(rule.getSucceededIndexes(), completions);
        return rule.getSucceededCount() == null
                ? completed.containsAll(wanted)
                : completed.common(wanted) >= rule.getSucceededCount();
    }

    private static Optional<JobEnding> byCompletions(Job job, JobTally tally, List<Pod> pods) {
        Integer completions = job.getSpec().getCompletions();
        boolean isComplete = completions == null
                ? tally.allSucceeded() > 0 && pods.stream().noneMatch(Pods::isActive)
                : tally.allSucceeded() >= completions;
        return isComplete
                ? Optional.of(new JobEnding(false, "CompletionsReached", "Reached expected number of succeeded pods"))
                : Optional.empty();
    }
}
