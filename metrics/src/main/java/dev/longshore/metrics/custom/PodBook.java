package dev.longshore.metrics.custom;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What pods have told, by their uids. Bounded: when it is full, new pods are not taken up. Thread-safe; one writer for
/// each pod at a time.
final class PodBook {

    /// Of all pods together, about a hundred bytes each.
    private static final int MOST_SERIES = 1_000_000;

    private final Map<String, PodHistory> histories = new ConcurrentHashMap<>();

    /// Returns false when there is no room.
    boolean heard(String uid, PodReading reading) {
        long series = histories.values().stream().mapToLong(PodHistory::size).sum();
        if (series + reading.size() > MOST_SERIES) {
            histories.remove(uid);
            return false;
        }
        histories.compute(uid, (key, was) -> was == null ? PodHistory.of(reading) : was.then(reading));
        return true;
    }

    void forget(String uid) {
        histories.remove(uid);
    }

    void retain(Set<String> uids) {
        histories.keySet().retainAll(uids);
    }

    Optional<PodHistory> of(String uid) {
        return Optional.ofNullable(histories.get(uid));
    }
}
