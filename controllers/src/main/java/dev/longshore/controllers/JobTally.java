package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counts each pod of a Job that ends exactly once, though this process may stop between any two writes.
///
/// ```
///   ended, with finalizer ──► its uid in status.uncountedTerminatedPods ──► finalizer removed ──► counted, uid dropped
///                             (status written)                              (pod written)         (status written)
/// ```
///
/// A pod that succeeds in an Indexed Job needs no such care: its index is in a set, and adding it twice does no
/// harm.
///
/// @param succeeded as in the status
/// @param failed as in the status
/// @param release ended pods whose finalizer may go once the status with these numbers is written
record JobTally(
        int succeeded,
        int failed,
        JobIndexes completed,
        List<String> uncountedSucceeded,
        List<String> uncountedFailed,
        List<Pod> release) {

    static JobTally of(Job job, List<Pod> pods) {
        JobStatus before = job.getStatus() == null ? new JobStatus() : job.getStatus();
        int completions =
                job.getSpec().getCompletions() == null ? 0 : job.getSpec().getCompletions();
        Map<String, Pod> tracked = new LinkedHashMap<>();
        pods.stream()
                .filter(JobPods::isTracked)
                .forEach(pod -> tracked.put(pod.getMetadata().getUid(), pod));
        UncountedTerminatedPods uncounted = before.getUncountedTerminatedPods() == null
                ? new UncountedTerminatedPods()
                : before.getUncountedTerminatedPods();
        var succeeded = new ArrayList<>(uncounted.getSucceeded());
        var failed = new ArrayList<>(uncounted.getFailed());
        int counted = succeeded.size();
        succeeded.removeIf(uid -> !tracked.containsKey(uid));
        counted -= succeeded.size();
        int countedFailed = failed.size();
        failed.removeIf(uid -> !tracked.containsKey(uid));
        countedFailed -= failed.size();

        var indexes = new ArrayList<Integer>();
        var release = new ArrayList<Pod>();
        for (Pod pod : tracked.values()) {
            String uid = pod.getMetadata().getUid();
            if (succeeded.contains(uid) || failed.contains(uid)) {
                release.add(pod);
            } else if (JobPods.hasSucceeded(pod)) {
                release.add(pod);
                if (JobPods.isIndexed(job)) {
                    JobPods.index(pod, completions).ifPresent(indexes::add);
                } else {
                    succeeded.add(uid);
                }
            } else if (JobPods.hasFailed(job, pod)) {
                release.add(pod);
                if (!JobFailurePolicy.isIgnored(job, pod)) {
                    failed.add(uid);
                }
            }
        }
        JobIndexes completed = JobPods.isIndexed(job)
                ? JobIndexes.parse(before.getCompletedIndexes(), completions).with(indexes)
                : JobIndexes.none();
        return new JobTally(
                JobPods.isIndexed(job) ? completed.size() : orZero(before.getSucceeded()) + counted,
                orZero(before.getFailed()) + countedFailed,
                completed,
                List.copyOf(succeeded),
                List.copyOf(failed),
                List.copyOf(release));
    }

    /// Successes, those not yet counted for good included.
    int allSucceeded() {
        return succeeded + uncountedSucceeded.size();
    }

    /// Failures, likewise.
    int allFailed() {
        return failed + uncountedFailed.size();
    }

    /// True when nothing waits to be counted.
    boolean isSettled() {
        return uncountedSucceeded.isEmpty() && uncountedFailed.isEmpty();
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }
}
