package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is to be done for a Job, worked out from what is there. Done in this order, so that nothing is counted
/// twice or never: write the status, release, delete, create.
///
/// @param release pods whose tracking finalizer goes
/// @param delete pods that are no longer wanted
/// @param create pods to make
/// @param again when to look again though nothing happens
record JobPlan(JobStatus status, List<Pod> release, List<Pod> delete, List<Pod> create, Optional<Duration> again) {

    private static final int MOST_AT_ONCE = 500;
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 6;

    /// @param isUpToDate whether `pods` shows all that was done before; else nothing is created or deleted
    static JobPlan of(Job job, List<Pod> pods, boolean isUpToDate, Instant now) {
        if (JobConditions.isFinished(job) || Keys.isBeingDeleted(job)) {
            List<Pod> left = pods.stream().filter(JobPods::isTracked).toList();
            return new JobPlan(job.getStatus(), left, List.of(), List.of(), Optional.empty());
        }
        JobTally tally = JobTally.of(job, pods);
        Optional<JobEnding> ending = JobEnding.of(job, tally, pods, now);
        JobStatus status = JobStatuses.of(job, tally, ending, pods, now);
        List<Pod> active = pods.stream().filter(Pods::isActive).toList();
        Optional<Duration> deadline = JobEnding.untilDeadline(job, now);
        if (!isUpToDate) {
            return new JobPlan(status, tally.release(), List.of(), List.of(), deadline);
        }
        if (ending.isPresent()) {
            return new JobPlan(status, tally.release(), active, List.of(), Optional.empty());
        }
        if (JobEnding.isSuspended(job)) {
            return withdrawn(status, tally, active, Optional.empty());
        }
        return sized(job, status, tally, pods, active, now);
    }

    private static JobPlan sized(
            Job job, JobStatus status, JobTally tally, List<Pod> pods, List<Pod> active, Instant now) {
        Optional<Duration> deadline = JobEnding.untilDeadline(job, now);
        List<Pod> surplus = surplus(job, tally, active, now);
        if (!surplus.isEmpty()) {
            return withdrawn(status, tally, surplus, deadline);
        }
        int blocking = JobPods.countsTerminating(job)
                ? 0
                : (int) pods.stream().filter(JobPlan::isTerminating).count();
        int missing = Math.min(MOST_AT_ONCE, wanted(job, tally, active.size()) - active.size() - blocking);
        Optional<Duration> backoff = backoff(job, pods, now);
        if (missing <= 0) {
            return new JobPlan(status, tally.release(), List.of(), List.of(), deadline);
        }
        if (backoff.isPresent()) {
            return new JobPlan(status, tally.release(), List.of(), List.of(), earlier(backoff, deadline));
        }
        return new JobPlan(status, tally.release(), List.of(), created(job, tally, pods, missing), deadline);
    }

    /// Pods taken back by us are no failures: they lose their finalizer, and so are never counted, before they
    /// go.
    private static JobPlan withdrawn(JobStatus status, JobTally tally, List<Pod> pods, Optional<Duration> again) {
        var release = new ArrayList<>(tally.release());
        pods.stream().filter(JobPods::isTracked).forEach(release::add);
        return new JobPlan(status, release, pods, List.of(), again);
    }

    private static int wanted(Job job, JobTally tally, int active) {
        int parallelism =
                job.getSpec().getParallelism() == null ? 1 : job.getSpec().getParallelism();
        Integer completions = job.getSpec().getCompletions();
        if (completions == null) {
            // The first success says that the work is done: no more pods, but those that run may end.
            return tally.allSucceeded() > 0 ? Math.min(active, parallelism) : parallelism;
        }
        return Math.min(parallelism, Math.max(0, completions - tally.allSucceeded()));
    }

    private static List<Pod> surplus(Job job, JobTally tally, List<Pod> active, Instant now) {
        var surplus = new ArrayList<Pod>();
        var kept = new ArrayList<Pod>();
        Set<Integer> taken = new HashSet<>();
        for (Pod pod : active.stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .toList()) {
            boolean isNeeded = !JobPods.isIndexed(job)
                    || JobPods.index(pod, job.getSpec().getCompletions()).stream()
                            .anyMatch(index -> !tally.completed().contains(index) && taken.add(index));
            (isNeeded ? kept : surplus).add(pod);
        }
        int excess = kept.size() - wanted(job, tally, kept.size());
        PodDeletionOrder.of(kept, now).stream().limit(Math.max(0, excess)).forEach(surplus::add);
        return surplus;
    }

    private static List<Pod> created(Job job, JobTally tally, List<Pod> pods, int count) {
        if (!JobPods.isIndexed(job)) {
            return java.util.Collections.nCopies(count, JobPods.plain(job));
        }
        int completions = job.getSpec().getCompletions();
        List<Integer> taken = pods.stream()
                .filter(pod -> Pods.isActive(pod) || isTerminating(pod) && !JobPods.countsTerminating(job))
                .flatMap(pod -> JobPods.index(pod, completions).stream().boxed())
                .toList();
        return tally.completed().with(taken).firstMissing(count, completions).stream()
                .map(index -> JobPods.indexed(job, index))
                .toList();
    }

    /// How long to wait before another pod may take the place of those that failed: 10 s, doubled with each
    /// failure since the last success.
    private static Optional<Duration> backoff(Job job, List<Pod> pods, Instant now) {
        Instant success = pods.stream()
                .filter(JobPods::hasSucceeded)
                .flatMap(pod -> JobPods.endedAt(pod).stream())
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        List<Instant> failures = pods.stream()
                .filter(pod -> Pods.phase(pod).equals("Failed") && !JobFailurePolicy.isIgnored(job, pod))
                .flatMap(pod -> JobPods.endedAt(pod).stream())
                .filter(ended -> ended.isAfter(success))
                .sorted()
                .toList();
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        Duration delay = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures.size() - 1, MOST_DOUBLINGS));
        Duration limited = delay.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : delay;
        return Optional.of(Duration.between(now, failures.getLast().plus(limited)))
                .filter(Duration::isPositive);
    }

    static boolean isTerminating(Pod pod) {
        return Keys.isBeingDeleted(pod) && !Pods.isTerminal(pod);
    }

    private static Optional<Duration> earlier(Optional<Duration> one, Optional<Duration> other) {
        return java.util.stream.Stream.concat(one.stream(), other.stream()).min(Comparator.naturalOrder());
    }
}
