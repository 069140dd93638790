package dev.longshore.kubelet.serving;

import dev.longshore.runtime.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// How fast CPU time is used up, from what was seen before. Keeps a bounded number of things in mind; thread-safe.
final class Rates {

    private static final int MOST = 4096;
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private final Map<String, Seen> seen = new LinkedHashMap<>();

    private record Seen(Instant at, long nanos, OptionalLong rate) {}

    /// Nanoseconds of CPU time per second that `what` uses; empty when it is new.
    synchronized OptionalLong of(String what, ContainerStats stats) {
        Seen before = seen.remove(what);
        OptionalLong rate = before == null ? OptionalLong.empty() : before.rate;
        Instant at = stats.at();
        long nanos = stats.cpuNanos();
        if (before != null) {
            Duration between = Duration.between(before.at, at);
            if (between.compareTo(SHORTEST) < 0 || nanos < before.nanos) {
                at = nanos < before.nanos ? at : before.at;
                nanos = nanos < before.nanos ? nanos : before.nanos;
            } else {
                rate = OptionalLong.of((long)
                        ((nanos - before.nanos) * (double) Duration.ofSeconds(1).toNanos() / between.toNanos()));
            }
        }
        seen.put(what, new Seen(at, nanos, rate));
        if (seen.size() > MOST) {
            seen.remove(seen.keySet().iterator().next());
        }
        return rate;
    }
}
