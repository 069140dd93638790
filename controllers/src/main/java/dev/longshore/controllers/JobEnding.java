package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
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

    /// As it was decided before, or as pods and clock decide now; empty while it goes on. That all completions
    /// are reached is seen only when no pod runs any more: [#complete].
    static Optional<JobEnding> of(Job job, JobTally tally, List<Pod> pods, Instant now) {
        return decided(job)
                .or(() -> byFailurePolicy(job, pods))
                .or(() -> byBackoff(job, tally, pods))
                .or(() -> byDeadline(job, now))
                .or(() -> byIndexes(job, tally))
                .or(() -> bySuccessPolicy(job, tally));
    }

    /// The good end of a Job of which enough has succeeded.
    static JobEnding complete() {
        return new JobEnding(false, "CompletionsReached", "Reached expected number of succeeded pods");
    }

    /// True if the status says already how the Job will end.
    static boolean isDecided(Job job) {
        return decided(job).isPresent();
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
        return decided(job, JobConditions.SUCCESS_CRITERIA_MET, false)
                .or(() -> decided(job, JobConditions.FAILURE_TARGET, true));
    }

    private static Optional<JobEnding> decided(Job job, String type, boolean isFailure) {
        return JobConditions.find(job.getStatus(), type)
                .filter(condition -> condition.getStatus().equals("True"))
                .map(condition -> new JobEnding(isFailure, condition.getReason(), condition.getMessage()));
    }

    private static Optional<JobEnding> byFailurePolicy(Job job, List<Pod> pods) {
        return pods.stream()
                .filter(pod -> JobPods.hasFailed(job, pod))
                .flatMap(pod -> JobFailurePolicy.verdict(job, pod).stream())
                .filter(verdict -> verdict.action().equals("FailJob"))
                .map(verdict -> new JobEnding(true, "PodFailurePolicy", verdict.message()))
                .findFirst();
    }

    private static Optional<JobEnding> byIndexes(Job job, JobTally tally) {
        int failed = tally.failedIndexes().map(JobIndexes::size).orElse(0);
        Integer most = job.getSpec().getMaxFailedIndexes();
        if (most != null && failed > most) {
            return Optional.of(new JobEnding(
                    true,
                    "MaxFailedIndexesExceeded",
                    "Job has exceeded the specified maximal number of failed indexes"));
        }
        boolean isThrough =
                failed > 0 && failed + tally.succeeded() >= job.getSpec().getCompletions();
        return isThrough
                ? Optional.of(new JobEnding(true, "FailedIndexes", "Job has failed indexes"))
                : Optional.empty();
    }

    private static Optional<JobEnding> byBackoff(Job job, JobTally tally, List<Pod> pods) {
        int limit = job.getSpec().getBackoffLimit() == null
                ? DEFAULT_BACKOFF_LIMIT
                : job.getSpec().getBackoffLimit();
        boolean isOver = tally.failed() > limit || restartsInPlace(job) && isPast(limit, restarts(pods));
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
                .filter(pod -> pod.getStatus() != null && !Pods.isTerminal(pod))
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
        boolean isAsked = job.getSpec().getSuccessPolicy() != null && JobPods.isIndexed(job);
        if (!isAsked || tally.completed().size() == 0) {
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
        boolean isEnough = rule.getSucceededCount() != null && completed.common(wanted) >= rule.getSucceededCount();
        return wanted.size() > 0 && (isEnough || completed.containsAll(wanted));
    }
}
