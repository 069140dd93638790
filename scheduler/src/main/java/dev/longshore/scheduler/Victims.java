package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.PodView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// Whom a node would lose for a pod to come.
///
/// @param pods the most important first; not empty
/// @param violations how many of them their disruption budgets would not let go
/// @param since when the first of the most important ones began to run
record Victims(String node, List<PodView> pods, int violations, Instant since) {

    /// The best first: fewest violations, the least important victims by their most important one and then together,
    /// the fewest, those that have run for the shortest time.
    static final Comparator<Victims> BEST_FIRST = Comparator.comparingInt(Victims::violations)
            .thenComparingInt(victims -> victims.pods.getFirst().priority())
            .thenComparingLong(Victims::weight)
            .thenComparingInt(victims -> victims.pods.size())
            .thenComparing(Victims::since, Comparator.reverseOrder());

    Victims {
        pods = List.copyOf(pods);
        if (pods.isEmpty()) {
            throw new IllegalArgumentException("no victims on " + node);
        }
    }

    /// All priorities together, none below zero: of two pods of a negative priority one is the smaller loss.
    private long weight() {
        return pods.stream()
                .mapToLong(pod -> pod.priority() + (long) Integer.MAX_VALUE + 1)
                .sum();
    }
}
