package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What is to be done with the pods of a Job now. Done before anything is counted: [JobTracking] then says what
/// the status shall be.
///
/// @param ending how the Job is to end, if that is clear
/// @param isManaged whether its size was looked at: neither ending nor being deleted, and all that was done
/// before has been seen
/// @param backoff after the failures that are new
/// @param again when to look again though nothing happens
record JobPlan(
        JobTally tally,
        Optional<JobEnding> ending,
        Step step,
        boolean isManaged,
        JobBackoff backoff,
        Optional<Duration> again) {

    private static final int MOST_AT_ONCE = 500;

    /// One kind of change at a time.
    sealed interface Step {
        /// All is as it should be.
        record Nothing() implements Step {}

        /// All go, since the Job ends.
        record End(List<Pod> pods) implements Step {}

        /// Some go that are too many: they lose their finalizer, and so are never counted, before they do.
        record Withdraw(List<Pod> pods) implements Step {}

        /// More come.
        record Create(List<Pod> pods) implements Step {}
    }

    /// @param isUpToDate whether `pods` shows all that was done before; else nothing is made or taken back
    /// @param before how the Job had failed so far
    static JobPlan of(Job job, List<Pod> pods, boolean isUpToDate, JobBackoff before, Instant now) {
        JobTally tally = JobTally.of(job, pods);
        Optional<JobEnding> ending = JobEnding.of(job, tally, pods, now);
        JobBackoff backoff = before.after(tally.newlySucceeded(), tally.newlyFailed());
        List<Pod> active = pods.stream().filter(Pods::isActive).toList();
        if (ending.isPresent()) {
            return new JobPlan(tally, ending, new Step.End(active), false, backoff, Optional.empty());
        }
        Optional<Duration> deadline = JobEnding.untilDeadline(job, now);
        if (!isUpToDate || Keys.isBeingDeleted(job)) {
            return new JobPlan(tally, ending, new Step.Nothing(), false, backoff, deadline);
        }
        var size = new Size(job, pods, active, tally, backoff, now);
        Step step = size.step();
        return new JobPlan(tally, ending, step, true, backoff, earlier(size.again, deadline));
    }

    private static Optional<Duration> earlier(Optional<Duration> one, Optional<Duration> other) {
        return Stream.concat(one.stream(), other.stream()).min(Comparator.naturalOrder());
    }

    /// How many pods, and which.
    private static final class Size {
        private final Job job;
        private final List<Pod> pods;
        private final List<Pod> active;
        private final JobTally tally;
        private final JobBackoff backoff;
        private final Instant now;
        private Optional<Duration> again = Optional.empty();

        Size(Job job, List<Pod> pods, List<Pod> active, JobTally tally, JobBackoff backoff, Instant now) {
            this.job = job;
            this.pods = pods;
            this.active = active;
            this.tally = tally;
            this.backoff = backoff;
            this.now = now;
        }

        Step step() {
            if (JobEnding.isSuspended(job)) {
                return active.isEmpty() ? new Step.Nothing() : new Step.Withdraw(active);
            }
            int wanted = wanted();
            List<Pod> surplus = surplus(Math.max(0, active.size() - wanted));
            if (!surplus.isEmpty()) {
                return new Step.Withdraw(surplus.stream().limit(MOST_AT_ONCE).toList());
            }
            int blocking = JobPods.replacesFailedOnly(job)
                    ? (int) pods.stream().filter(Pods::isTerminating).count()
                    : 0;
            int missing = wanted - active.size() - blocking;
            List<Pod> created = missing > 0 ? created(Math.min(missing, MOST_AT_ONCE)) : List.of();
            return created.isEmpty() ? new Step.Nothing() : new Step.Create(created);
        }

        private int wanted() {
            int parallelism =
                    job.getSpec().getParallelism() == null ? 1 : job.getSpec().getParallelism();
            Integer completions = job.getSpec().getCompletions();
            if (completions == null) {
                // The first success says that the work is done: no more pods, but those that run may end.
                return tally.succeeded() > 0 ? active.size() : parallelism;
            }
            return Math.max(0, Math.min(parallelism, completions - tally.succeeded()));
        }

        /// Pods of no index or one that another has too, and as many more as are too many.
        private List<Pod> surplus(int atLeast) {
            var surplus = new ArrayList<Pod>();
            List<Pod> rest = active;
            if (JobPods.isIndexed(job)) {
                var kept = new ArrayList<Pod>();
                var byIndex = new TreeMap<Integer, List<Pod>>();
                active.forEach(pod -> byIndex.computeIfAbsent(index(pod), absent -> new ArrayList<>())
                        .add(pod));
                byIndex.forEach((index, same) -> {
                    List<Pod> ordered = index < 0 ? same : PodDeletionOrder.simply(same);
                    int stay = index < 0 ? 0 : 1;
                    surplus.addAll(ordered.subList(0, ordered.size() - stay));
                    kept.addAll(ordered.subList(ordered.size() - stay, ordered.size()));
                });
                rest = kept;
            }
            PodDeletionOrder.simply(rest).stream()
                    .limit(Math.max(0, atLeast - surplus.size()))
                    .forEach(surplus::add);
            return surplus;
        }

        private List<Pod> created(int count) {
            if (!JobPods.countsByIndex(job) && isHeldBack(backoff)) {
                return List.of();
            }
            if (!JobPods.isIndexed(job)) {
                return Collections.nCopies(count, JobPods.plain(job));
            }
            List<Integer> free = taken().firstMissing(count, job.getSpec().getCompletions());
            if (!JobPods.countsByIndex(job)) {
                return free.stream().map(index -> JobPods.indexed(job, index)).toList();
            }
            List<Pod> created = free.stream()
                    .filter(index -> !isHeldBack(index))
                    .map(index ->
                            JobPods.counting(job, index, tally.replaceable().get(index)))
                    .toList();
            if (!created.isEmpty()) {
                again = Optional.empty();
            }
            return created;
        }

        /// Indexes that have ended or have a pod.
        private JobIndexes taken() {
            Set<Integer> running = new HashSet<>();
            pods.stream()
                    .filter(pod -> Pods.isActive(pod) || Pods.isTerminating(pod) && JobPods.replacesFailedOnly(job))
                    .map(this::index)
                    .filter(index -> index >= 0)
                    .forEach(running::add);
            JobIndexes taken = tally.completed().with(running);
            return tally.failedIndexes().map(taken::with).orElse(taken);
        }

        private boolean isHeldBack(int index) {
            Pod failed = tally.replaceable().get(index);
            return failed != null && isHeldBack(JobBackoff.of(failed));
        }

        private boolean isHeldBack(JobBackoff backoff) {
            Duration left = backoff.remaining(now);
            if (left.isPositive()) {
                again = earlier(again, Optional.of(left));
            }
            return left.isPositive();
        }

        private int index(Pod pod) {
            return JobPods.index(pod, job.getSpec().getCompletions()).orElse(-1);
        }
    }
}
