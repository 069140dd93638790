package dev.longshore.controllers;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Spreads out the replacement of pods that fail again and again in one place: at once the first time, then
/// after 1 s, 2 s and so on up to 15 min. Who has not failed for half an hour starts anew. Thread-safe.
final class ReplacementBackoff {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int MOST_DOUBLINGS = 10;

    private final Time time;
    private final Map<String, Failures> failures = new HashMap<>();

    ReplacementBackoff(Time time) {
        this.time = time;
    }

    /// Zero when the pod at `place` may be replaced now, which then counts as a failure; else how long to wait.
    synchronized Duration tryNow(String place) {
        long now = time.nanoTime();
        failures.values()
                .removeIf(entry -> now - entry.last > LONGEST.multipliedBy(2).toNanos());
        Failures before = failures.get(place);
        if (before != null) {
            Duration left = before.delay().minusNanos(now - before.last);
            if (left.isPositive()) {
                return left;
            }
        }
        failures.put(place, new Failures(before == null ? 1 : before.count + 1, now));
        return Duration.ZERO;
    }

    private record Failures(int count, long last) {
        Duration delay() {
            Duration delay = FIRST.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
            return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
        }
    }
}
