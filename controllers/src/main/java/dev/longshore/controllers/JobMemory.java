package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What this process knows of Jobs and the informers do not yet: which version of each it wrote last and which
/// pods it released; and what is written nowhere: how long to wait after failures. Nothing that is lost with it
/// makes a Job miscount. Thread-safe; each Job is used by one thread at a time.
final class JobMemory {

    private final Map<String, Entry> entries = new HashMap<>();

    /// Of one Job.
    static final class Entry {
        private final String uid;
        private final Set<String> released = new HashSet<>();
        private JobBackoff backoff = JobBackoff.NONE;
        private long written;
        private boolean isChecked;

        private Entry(String uid) {
            this.uid = uid;
        }

        JobBackoff backoff() {
            return backoff;
        }

        /// The status of the Job was written, which counts these failures.
        void wrote(HasMetadata job, JobBackoff backoff) {
            this.written = version(job);
            this.backoff = backoff;
        }

        /// True if `job` is older than what was written last.
        boolean isAheadOf(HasMetadata job) {
            return version(job) < written;
        }

        /// The finalizer of `pod` is gone.
        void released(Pod pod) {
            released.add(pod.getMetadata().getUid());
        }

        /// Those of `pods` that were released without their finalizer, though the informer still shows it.
        List<Pod> asReleased(List<Pod> pods) {
            Set<String> shown = pods.stream()
                    .filter(JobPods::isTracked)
                    .map(pod -> pod.getMetadata().getUid())
                    .collect(Collectors.toSet());
            released.retainAll(shown);
            return pods.stream()
                    .map(pod -> released.contains(pod.getMetadata().getUid())
                            ? new PodBuilder(pod)
                                    .editMetadata()
                                    .removeFromFinalizers(JobPods.FINALIZER)
                                    .endMetadata()
                                    .build()
                            : pod)
                    .toList();
        }

        /// True once: whether what the informers show has been compared with the server since this process
        /// started.
        boolean isChecked() {
            return isChecked;
        }

        void checked() {
            isChecked = true;
        }

        private static long version(HasMetadata job) {
            String version = job.getMetadata().getResourceVersion();
            try {
                return version == null ? 0 : Long.parseLong(version);
            } catch (NumberFormatException notANumber) {
                return 0;
            }
        }
    }

    /// What is known of the Job called `key`; nothing, when it is another one than before.
    synchronized Entry of(String key, String uid) {
        return entries.compute(
                key, (same, before) -> before == null || !before.uid.equals(uid) ? new Entry(uid) : before);
    }

    synchronized void forget(String key) {
        entries.remove(key);
    }
}
