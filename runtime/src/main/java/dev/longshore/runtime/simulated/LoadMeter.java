package dev.longshore.runtime.simulated;

import dev.longshore.runtime.ContainerStats;
import java.time.Duration;
import java.time.Instant;

/// Adds up what a simulated container has used, while what it uses changes. Immutable.
///
/// @param since when `load` began
/// @param nanosBefore CPU time until then
record LoadMeter(Instant since, long nanosBefore, Load load) {

    private static final double SECOND = 1e9;

    /// Of a container that starts.
    LoadMeter(Instant start, Load load) {
        this(start, 0, load);
    }

    /// With another load from `at` on.
    LoadMeter then(Instant at, Load next) {
        return next.equals(load) ? this : new LoadMeter(at, nanos(at), next);
    }

    ContainerStats read(Instant at) {
        return new ContainerStats(at, nanos(at), load.bytes(), load.bytes(), 1);
    }

    private long nanos(Instant at) {
        double seconds = Math.max(0, Duration.between(since, at).toNanos()) / SECOND;
        return nanosBefore + Math.round(seconds * load.nanoCores());
    }
}
