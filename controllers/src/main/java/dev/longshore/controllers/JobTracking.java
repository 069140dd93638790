package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Counts each pod of a Job that ends exactly once, though this process may stop between any two writes: the
/// status is written first, then the finalizers go.
///
/// ```
///   ended, with finalizer ──► its uid in status.uncountedTerminatedPods ──► finalizer removed ──► counted, uid dropped
///                             (status written)                              (pod written)         (status written)
/// ```
///
/// A pod that succeeds in an Indexed Job needs no such care: its index is in a set, and adding it twice does no
/// harm.
///
/// @param release pods whose finalizer may go once the status is written
record JobTracking(JobStatus status, List<Pod> release) {

    private static final int MOST_UNCOUNTED = 500;

    /// What was done with the pods before.
    ///
    /// @param created pods that are not among those known
    /// @param deleted pods that are
    record Done(int created, List<Pod> deleted) {

        static final Done NOTHING = new Done(0, List.of());
    }

    /// @param isUpToDate as for the plan
    static JobTracking of(Job job, List<Pod> pods, JobPlan plan, Done done, boolean isUpToDate, Instant now) {
        return new Draft(job, pods, plan, done, now).tracking(isUpToDate);
    }

    private static final class Draft {
        private final Job job;
        private final List<Pod> pods;
        private final JobPlan plan;
        private final Instant now;
        private final JobStatus before;
        private final int active;
        private final int ready;
        private final int terminating;
        private final List<Pod> release = new ArrayList<>();
        private final Set<String> uncountedSucceeded = new LinkedHashSet<>();
        private final Set<String> uncountedFailed = new LinkedHashSet<>();
        private int succeeded;
        private int failed;
        private JobIndexes completed;
        private boolean isLeftOver;

        Draft(Job job, List<Pod> pods, JobPlan plan, Done done, Instant now) {
            this.job = job;
            this.pods = pods;
            this.plan = plan;
            this.now = now;
            this.before = job.getStatus() == null ? new JobStatus() : job.getStatus();
            List<Pod> active = pods.stream().filter(Pods::isActive).toList();
            this.active = active.size() - done.deleted.size() + done.created;
            this.ready = count(active) - count(done.deleted);
            this.terminating = (int) pods.stream().filter(Pods::isTerminating).count() + done.deleted.size();
            this.completed = JobIndexes.parse(
                    before.getCompletedIndexes(), orZero(job.getSpec().getCompletions()));
        }

        JobTracking tracking(boolean isUpToDate) {
            // As long as a pod could not be taken away nothing is decided.
            Optional<JobEnding> ending = plan.ending().filter(decided -> active == 0 && isUpToDate);
            if (plan.ending().isEmpty() && isComplete()) {
                ending = Optional.of(JobEnding.complete());
            }
            countReleased();
            note(ending);
            return new JobTracking(status(ending), List.copyOf(release));
        }

        private boolean isComplete() {
            Integer completions = job.getSpec().getCompletions();
            int succeeded = plan.tally().succeeded();
            return active == 0 && (completions == null ? succeeded > 0 : succeeded >= completions);
        }

        /// Those noted before whose finalizer has gone since.
        private void countReleased() {
            Set<String> tracked = pods.stream()
                    .filter(JobPods::isTracked)
                    .map(pod -> pod.getMetadata().getUid())
                    .collect(Collectors.toSet());
            UncountedTerminatedPods uncounted = before.getUncountedTerminatedPods() == null
                    ? new UncountedTerminatedPods()
                    : before.getUncountedTerminatedPods();
            uncounted.getSucceeded().stream().filter(tracked::contains).forEach(uncountedSucceeded::add);
            uncounted.getFailed().stream().filter(tracked::contains).forEach(uncountedFailed::add);
            succeeded = orZero(before.getSucceeded()) + uncounted.getSucceeded().size() - uncountedSucceeded.size();
            failed = orZero(before.getFailed()) + uncounted.getFailed().size() - uncountedFailed.size();
        }

        private void note(Optional<JobEnding> ending) {
            var indexes = new ArrayList<Integer>();
            for (Pod pod : pods) {
                if (!JobPods.isTracked(pod) || !mayGo(pod, ending)) {
                    continue;
                }
                if (indexes.size() + uncountedSucceeded.size() + uncountedFailed.size() >= MOST_UNCOUNTED) {
                    isLeftOver = true;
                    break;
                }
                release.add(pod);
                String uid = pod.getMetadata().getUid();
                boolean isFailed = JobPods.hasFailed(job, pod)
                        || ending.filter(JobEnding::isFailure).isPresent();
                if (JobPods.hasSucceeded(pod) && !uncountedFailed.contains(uid)) {
                    if (JobPods.isIndexed(job)) {
                        JobPods.index(pod, job.getSpec().getCompletions()).ifPresent(indexes::add);
                    } else {
                        uncountedSucceeded.add(uid);
                    }
                } else if (isFailed && JobTally.isValid(job, pod) && !JobFailurePolicy.isIgnored(job, pod)) {
                    uncountedFailed.add(uid);
                }
            }
            completed = completed.with(indexes);
        }

        /// The last failed pod of an index stays until there is another in its place, since it tells how often
        /// the index has failed.
        private boolean mayGo(Pod pod, Optional<JobEnding> ending) {
            if (Keys.isBeingDeleted(job) || ending.isPresent() || JobPods.hasSucceeded(pod)) {
                return true;
            }
            return JobPods.hasFailed(job, pod)
                    && plan.tally().replaceable().values().stream()
                            .noneMatch(last -> last.getMetadata()
                                    .getUid()
                                    .equals(pod.getMetadata().getUid()));
        }

        private JobStatus status(Optional<JobEnding> ending) {
            boolean isIndexed = JobPods.isIndexed(job);
            int allSucceeded = isIndexed ? completed.size() : succeeded;
            List<JobCondition> conditions = before.getConditions();
            String startTime =
                    before.getStartTime() == null && !JobEnding.isSuspended(job) ? stamp() : before.getStartTime();
            if (ending.isEmpty() && plan.isManaged()) {
                conditions = suspension(conditions);
                startTime = conditions.equals(before.getConditions())
                        ? startTime
                        : JobEnding.isSuspended(job) ? null : stamp();
            }
            boolean isOver = ending.isPresent() && isOver();
            if (ending.isPresent()) {
                conditions = ended(conditions, ending.get(), isOver);
            }
            return new JobStatusBuilder(before)
                    .withStartTime(startTime)
                    .withActive(positive(active))
                    .withReady(ready)
                    .withTerminating(terminating)
                    .withSucceeded(positive(allSucceeded))
                    .withFailed(positive(failed))
                    .withCompletedIndexes(isIndexed && completed.size() > 0 ? completed.toString() : null)
                    .withFailedIndexes(plan.tally()
                            .failedIndexes()
                            .map(JobIndexes::toString)
                            .orElse(null))
                    .withNewUncountedTerminatedPods()
                    .withSucceeded(List.copyOf(uncountedSucceeded))
                    .withFailed(List.copyOf(uncountedFailed))
                    .endUncountedTerminatedPods()
                    .withConditions(conditions)
                    .withCompletionTime(isOver && !ending.get().isFailure() ? stamp() : before.getCompletionTime())
                    .build();
        }

        /// It was said how the Job ends, every pod is counted, and none is left.
        private boolean isOver() {
            return JobEnding.isDecided(job)
                    && !isLeftOver
                    && release.isEmpty()
                    && terminating == 0
                    && uncountedSucceeded.isEmpty()
                    && uncountedFailed.isEmpty();
        }

        private List<JobCondition> ended(List<JobCondition> conditions, JobEnding ending, boolean isOver) {
            String target = ending.isFailure() ? JobConditions.FAILURE_TARGET : JobConditions.SUCCESS_CRITERIA_MET;
            String last = ending.isFailure() ? JobConditions.FAILED : JobConditions.COMPLETE;
            List<JobCondition> result =
                    JobConditions.with(conditions, target, "True", ending.reason(), ending.message(), now);
            return isOver ? JobConditions.with(result, last, "True", ending.reason(), ending.message(), now) : result;
        }

        private List<JobCondition> suspension(List<JobCondition> conditions) {
            return JobEnding.isSuspended(job)
                    ? JobConditions.with(
                            conditions, JobConditions.SUSPENDED, "True", "JobSuspended", "Job suspended", now)
                    : JobConditions.with(
                            conditions, JobConditions.SUSPENDED, "False", "JobResumed", "Job resumed", now);
        }

        private String stamp() {
            return Instant.ofEpochSecond(now.getEpochSecond()).toString();
        }

        private static int count(List<Pod> pods) {
            return (int) pods.stream().filter(Pods::isReady).count();
        }

        private static Integer positive(int count) {
            return count == 0 ? null : count;
        }

        private static int orZero(Integer count) {
            return count == null ? 0 : count;
        }
    }
}
