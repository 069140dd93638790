package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a controller wrote of slices, until its informer shows it: before, the informer's picture is too old to
/// act on. Also tells its own changes from those of others. Thread-safe.
final class SliceTracker {

    private static final long GONE = -1;

    /// By the key of the Service, then by the uid of the slice: the generation last written.
    private final Map<String, Map<String, Long>> written = new HashMap<>();

    /// We wrote `slice`.
    synchronized void wrote(String service, EndpointSlice slice) {
        written.computeIfAbsent(service, absent -> new HashMap<>())
                .put(slice.getMetadata().getUid(), generation(slice));
    }

    /// We deleted `slice`.
    synchronized void deleted(String service, EndpointSlice slice) {
        written.computeIfAbsent(service, absent -> new HashMap<>())
                .put(slice.getMetadata().getUid(), GONE);
    }

    /// The Service is gone.
    synchronized void forget(String service) {
        written.remove(service);
    }

    /// True if `slice` is not as we wrote it.
    synchronized boolean isNews(String service, EndpointSlice slice) {
        Long ours =
                written.getOrDefault(service, Map.of()).get(slice.getMetadata().getUid());
        return ours == null || generation(slice) > ours;
    }

    /// `slice` is gone.
    ///
    /// @return true if it was ours and somebody else did it
    synchronized boolean isLost(String service, EndpointSlice slice) {
        Map<String, Long> slices = written.get(service);
        Long ours = slices == null ? null : slices.remove(slice.getMetadata().getUid());
        return ours != null && ours != GONE;
    }

    /// True if `slices`, all that are known of the Service, are older than what we wrote.
    synchronized boolean areStale(String service, List<EndpointSlice> slices) {
        Map<String, Long> ours = written.get(service);
        if (ours == null) {
            return false;
        }
        Map<String, Long> shown = new HashMap<>();
        slices.forEach(slice -> shown.put(slice.getMetadata().getUid(), generation(slice)));
        boolean isBehind = shown.entrySet().stream().anyMatch(entry -> {
            Long generation = ours.get(entry.getKey());
            return generation != null && (generation == GONE || generation > entry.getValue());
        });
        return isBehind
                || ours.entrySet().stream()
                        .anyMatch(entry -> entry.getValue() != GONE && !shown.containsKey(entry.getKey()));
    }

    private static long generation(EndpointSlice slice) {
        return slice.getMetadata().getGeneration() == null
                ? 0
                : slice.getMetadata().getGeneration();
    }
}
