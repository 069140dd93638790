package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The status that a Job should have.
final class JobStatuses {

    private JobStatuses() {}

    static JobStatus of(Job job, JobTally tally, Optional<JobEnding> ending, List<Pod> pods, Instant now) {
        JobStatus before = job.getStatus() == null ? new JobStatus() : job.getStatus();
        int active = (int) pods.stream().filter(Pods::isActive).count();
        int terminating = (int) pods.stream().filter(JobPlan::isTerminating).count();
        boolean isOver = ending.isPresent() && active == 0 && terminating == 0 && tally.isSettled();
        List<JobCondition> conditions = suspension(job, before.getConditions(), now);
        if (ending.isPresent()) {
            conditions = ended(conditions, ending.get(), isOver, now);
        }
        return new JobStatusBuilder(before)
                .withStartTime(startTime(job, before, now))
                .withActive(active == 0 ? null : active)
                .withReady((int) pods.stream()
                        .filter(pod -> Pods.isActive(pod) && Pods.isReady(pod))
                        .count())
                .withTerminating(terminating)
                .withSucceeded(tally.succeeded() == 0 ? null : tally.succeeded())
                .withFailed(tally.failed() == 0 ? null : tally.failed())
                .withCompletedIndexes(
                        tally.completed().size() == 0 ? null : tally.completed().toString())
                .withNewUncountedTerminatedPods()
                .withSucceeded(tally.uncountedSucceeded())
                .withFailed(tally.uncountedFailed())
                .endUncountedTerminatedPods()
                .withConditions(conditions)
                .withCompletionTime(isOver && !ending.get().isFailure() ? stamp(now) : before.getCompletionTime())
                .build();
    }

    private static List<JobCondition> ended(
            List<JobCondition> conditions, JobEnding ending, boolean isOver, Instant now) {
        String target = ending.isFailure() ? JobConditions.FAILURE_TARGET : JobConditions.SUCCESS_CRITERIA_MET;
        String last = ending.isFailure() ? JobConditions.FAILED : JobConditions.COMPLETE;
        List<JobCondition> result =
                JobConditions.with(conditions, target, "True", ending.reason(), ending.message(), now);
        return isOver ? JobConditions.with(result, last, "True", ending.reason(), ending.message(), now) : result;
    }

    private static List<JobCondition> suspension(Job job, List<JobCondition> conditions, Instant now) {
        if (JobEnding.isSuspended(job)) {
            return JobConditions.with(
                    conditions, JobConditions.SUSPENDED, "True", "JobSuspended", "Job suspended", now);
        }
        return JobConditions.isTrue(job.getStatus(), JobConditions.SUSPENDED)
                ? JobConditions.with(conditions, JobConditions.SUSPENDED, "False", "JobResumed", "Job resumed", now)
                : conditions;
    }

    /// The clock of a Job stands still while it is suspended and starts anew when it goes on.
    private static String startTime(Job job, JobStatus before, Instant now) {
        if (JobEnding.isSuspended(job)) {
            return null;
        }
        return before.getStartTime() == null ? stamp(now) : before.getStartTime();
    }

    private static String stamp(Instant now) {
        return Instant.ofEpochSecond(now.getEpochSecond()).toString();
    }
}
