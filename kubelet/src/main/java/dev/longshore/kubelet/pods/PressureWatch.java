package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.EvictionThreshold;
import dev.longshore.kubelet.node.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Remembers which thresholds are crossed, since when, and which conditions of the node that means
/// (pkg/kubelet/eviction/eviction_manager.go of Kubernetes). A threshold that pods had to go for stays crossed until
/// what must come free beyond it is free; a condition stays for a while after the last threshold is kept again, so
/// that the node does not swing to and fro. Confined to one thread.
final class PressureWatch {

    private final List<EvictionThreshold> thresholds;
    private final Duration transition;
    private final Map<String, Instant> lastSeen = new LinkedHashMap<>();
    private Map<EvictionThreshold, Instant> since = Map.of();
    private List<EvictionThreshold> met = List.of();

    PressureWatch(List<EvictionThreshold> thresholds, Duration transition) {
        this.thresholds = List.copyOf(thresholds);
        this.transition = transition;
    }

    /// Takes in what is left now; the thresholds whose grace is over, memory's first.
    List<EvictionThreshold> look(Map<String, Observation> left, Instant now) {
        Set<EvictionThreshold> crossed = new LinkedHashSet<>(crossed(thresholds, left, false));
        crossed.addAll(crossed(met, left, true));
        var first = new LinkedHashMap<EvictionThreshold, Instant>();
        for (EvictionThreshold threshold : crossed) {
            first.put(threshold, since.getOrDefault(threshold, now));
            lastSeen.put(condition(threshold.signal()), now);
        }
        since = first;
        lastSeen.values().removeIf(seen -> Duration.between(seen, now).compareTo(transition) >= 0);
        var due = new ArrayList<EvictionThreshold>();
        first.forEach((threshold, at) -> {
            if (Duration.between(at, now).compareTo(threshold.grace()) >= 0) {
                due.add(threshold);
            }
        });
        due.sort((one, other) -> Boolean.compare(isMemory(other), isMemory(one)));
        met = List.copyOf(due);
        return met;
    }

    /// The conditions that hold: `MemoryPressure`, `DiskPressure`, `PIDPressure`.
    Set<String> conditions() {
        return Set.copyOf(lastSeen.keySet());
    }

    /// Whether no threshold is crossed, with what must come free counted in.
    boolean isRelieved(Map<String, Observation> left) {
        return crossed(thresholds, left, true).isEmpty();
    }

    private static List<EvictionThreshold> crossed(
            List<EvictionThreshold> all, Map<String, Observation> left, boolean withReclaim) {
        return all.stream()
                .filter(threshold -> left.containsKey(threshold.signal()))
                .filter(threshold -> {
                    Observation seen = left.get(threshold.signal());
                    long least = threshold.value().of(seen.capacity())
                            + (withReclaim
                                    ? threshold
                                            .reclaim()
                                            .map(more -> more.of(seen.capacity()))
                                            .orElse(0L)
                                    : 0);
                    return seen.available() < least;
                })
                .toList();
    }

    private static boolean isMemory(EvictionThreshold threshold) {
        return resource(threshold.signal()).equals("memory");
    }

    /// Of which condition `signal` speaks.
    static String condition(String signal) {
        return switch (signal) {
            case "memory.available", EvictionThreshold.PODS_MEMORY -> "MemoryPressure";
            case "pid.available" -> "PIDPressure";
            default -> "DiskPressure";
        };
    }

    /// What runs short where `signal` tells of it.
    static String resource(String signal) {
        return switch (signal) {
            case "memory.available", EvictionThreshold.PODS_MEMORY -> "memory";
            case "pid.available" -> "pids";
            default -> signal.endsWith("inodesFree") ? "inodes" : "ephemeral-storage";
        };
    }
}
