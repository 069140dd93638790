package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// How long a Job waits before another pod may take the place of one that failed: 10 s, doubled with each failure
/// since the last success, at most 10 min.
///
/// @param failures since the last success
/// @param last when the last of them was; null without any
record JobBackoff(int failures, Instant last) {

    /// Of a Job of which nothing has failed.
    static final JobBackoff NONE = new JobBackoff(0, null);

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 6;

    /// After more pods have ended.
    JobBackoff after(List<Pod> succeeded, List<Pod> failed) {
        if (succeeded.isEmpty() && failed.isEmpty()) {
            return this;
        }
        List<Instant> ends = ends(failed);
        if (succeeded.isEmpty()) {
            return new JobBackoff(failures + failed.size(), ends.getLast());
        }
        Instant success = ends(succeeded).getLast();
        List<Instant> later = ends.stream().filter(end -> end.isAfter(success)).toList();
        return later.isEmpty() ? NONE : new JobBackoff(later.size(), later.getLast());
    }

    /// That of one index of a Job that counts failures by index, by the pod that failed last.
    static JobBackoff of(Pod lastFailed) {
        return new JobBackoff(JobPods.allFailures(lastFailed) + 1, JobPods.endedAt(lastFailed));
    }

    /// What is left of it; zero or more.
    Duration remaining(Instant now) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        Duration limited = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
        Duration left = limited.minus(Duration.between(last, now));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static List<Instant> ends(List<Pod> pods) {
        return pods.stream()
                .map(JobPods::endedAt)
                .sorted(Comparator.naturalOrder())
                .toList();
    }
}
