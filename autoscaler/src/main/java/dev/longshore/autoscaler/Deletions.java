package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which nodes are being removed just now, and what came of the last ones. Thread-safe.
final class Deletions {

    /// For so long an evicted pod may still be looking for a place.
    private static final Duration EVICTION_MEMORY = Duration.ofMinutes(15);

    /// One that goes on.
    record Ongoing(String group, boolean isDrain) {}

    /// One that has ended.
    record Ended(String group, String node, boolean isDone) {}

    /// A pod that was evicted.
    record Evicted(Pod pod, Instant at) {}

    private final Map<String, Ongoing> ongoing = new TreeMap<>();
    private final List<Ended> ended = new ArrayList<>();
    private final List<Evicted> evictions = new ArrayList<>();

    synchronized void begin(String node, String group, boolean isDrain) {
        ongoing.put(node, new Ongoing(group, isDrain));
    }

    synchronized void end(String node, boolean isDone) {
        Ongoing one = ongoing.remove(node);
        if (one != null) {
            ended.add(new Ended(one.group, node, isDone));
        }
    }

    synchronized void evicted(Pod pod, Instant at) {
        evictions.add(new Evicted(pod, at));
    }

    /// By node.
    synchronized Map<String, Ongoing> ongoing() {
        return new TreeMap<>(ongoing);
    }

    /// What has ended since the last call.
    synchronized List<Ended> takeEnded() {
        var taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    synchronized List<Evicted> evictions(Instant now) {
        evictions.removeIf(eviction -> eviction.at.plus(EVICTION_MEMORY).isBefore(now));
        return List.copyOf(evictions);
    }
}
