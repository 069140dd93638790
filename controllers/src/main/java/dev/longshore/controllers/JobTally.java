package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// How far a Job has come, by its status and by the pods that have ended since.
///
/// @param succeeded how many pods, or indexes
/// @param failed how many pods, those not that its failure policy ignores
/// @param completed indexes
/// @param failedIndexes for good; empty if failures are not counted by index
/// @param newlySucceeded pods that the status does not know of
/// @param newlyFailed likewise
/// @param replaceable the pod that failed last of each index that has neither ended nor a pod
record JobTally(
        int succeeded,
        int failed,
        JobIndexes completed,
        Optional<JobIndexes> failedIndexes,
        List<Pod> newlySucceeded,
        List<Pod> newlyFailed,
        Map<Integer, Pod> replaceable) {

    static JobTally of(Job job, List<Pod> pods) {
        JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
        UncountedTerminatedPods uncounted = status.getUncountedTerminatedPods() == null
                ? new UncountedTerminatedPods()
                : status.getUncountedTerminatedPods();
        List<Pod> valid = pods.stream()
                .filter(pod -> JobPods.isTracked(pod) && isValid(job, pod))
                .toList();
        List<Pod> succeeded = valid.stream()
                .filter(pod -> JobPods.hasSucceeded(pod)
                        && !uncounted.getSucceeded().contains(pod.getMetadata().getUid()))
                .toList();
        List<Pod> failed = valid.stream()
                .filter(pod -> JobPods.hasFailed(job, pod)
                        && !uncounted.getFailed().contains(pod.getMetadata().getUid()))
                .toList();
        int counted = (int) failed.stream()
                .filter(pod -> !JobFailurePolicy.isIgnored(job, pod))
                .count();
        int allFailed = orZero(status.getFailed()) + uncounted.getFailed().size() + counted;
        if (!JobPods.isIndexed(job)) {
            int all = orZero(status.getSucceeded()) + uncounted.getSucceeded().size() + succeeded.size();
            return new JobTally(all, allFailed, JobIndexes.none(), Optional.empty(), succeeded, failed, Map.of());
        }
        JobIndexes completed = JobIndexes.parse(status.getCompletedIndexes(), completions(job))
                .with(indexes(job, valid.stream().filter(JobPods::hasSucceeded).toList()));
        Optional<JobIndexes> failedIndexes = JobPods.countsByIndex(job)
                ? Optional.of(JobIndexes.parse(status.getFailedIndexes(), completions(job))
                        .with(indexes(
                                job,
                                valid.stream()
                                        .filter(pod -> JobPods.endsIndex(job, pod))
                                        .toList())))
                : Optional.empty();
        return new JobTally(
                completed.size(),
                allFailed,
                completed,
                failedIndexes,
                succeeded,
                failed,
                failedIndexes
                        .map(gone -> replaceable(job, pods, valid, completed.with(gone)))
                        .orElse(Map.of()));
    }

    /// True if `pod` is one that the Job counts: in an Indexed one, it has an index that there is.
    static boolean isValid(Job job, Pod pod) {
        return !JobPods.isIndexed(job) || JobPods.index(pod, completions(job)).isPresent();
    }

    private static int completions(Job job) {
        return job.getSpec().getCompletions() == null ? 0 : job.getSpec().getCompletions();
    }

    private static List<Integer> indexes(Job job, List<Pod> pods) {
        var indexes = new ArrayList<Integer>();
        pods.forEach(pod -> JobPods.index(pod, completions(job)).ifPresent(indexes::add));
        return indexes;
    }

    private static Map<Integer, Pod> replaceable(Job job, List<Pod> pods, List<Pod> valid, JobIndexes ended) {
        Set<Integer> active =
                new HashSet<>(indexes(job, pods.stream().filter(Pods::isActive).toList()));
        var replaceable = new HashMap<Integer, Pod>();
        for (Pod pod : valid) {
            OptionalInt index = JobPods.index(pod, completions(job));
            if (JobPods.hasFailed(job, pod)
                    && !ended.contains(index.orElseThrow())
                    && !active.contains(index.getAsInt())) {
                replaceable.merge(index.getAsInt(), pod, JobTally::later);
            }
        }
        return replaceable;
    }

    private static Pod later(Pod one, Pod other) {
        return JobPods.allFailures(one) <= JobPods.allFailures(other)
                        && !JobPods.endedAt(other).isBefore(JobPods.endedAt(one))
                ? other
                : one;
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }
}
