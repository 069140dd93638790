package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// CPU time that a pretended machine has used up: its own thousandth of a core, and what its containers have used,
/// which stays counted when they are gone. Thread-safe.
final class PretendedTotal {

    /// Memory that the machine uses itself.
    static final long OWN_BYTES = 64L << 20;

    private static final int OWN_SHARE = 1000;

    private final Time time;
    private final Instant start;
    private Map<String, Long> seen = Map.of();
    private long nanos;

    PretendedTotal(Time time) {
        this.time = time;
        this.start = time.now();
    }

    /// @param containers what those that run have used since they began, by a name that no other one gets
    synchronized long nanos(Map<String, Long> containers) {
        containers.forEach((name, used) -> nanos += Math.max(0, used - seen.getOrDefault(name, 0L)));
        seen = Map.copyOf(containers);
        return nanos + Duration.between(start, time.now()).toNanos() / OWN_SHARE;
    }
}
