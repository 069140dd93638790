package dev.longshore.metrics.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What one container, or a node, had used up at one time.
///
/// @param start since when it counts; [Instant#EPOCH] when nobody says
/// @param cpuNanos CPU time since then
/// @param workingSet memory in bytes that cannot be reclaimed at once
record Point(Instant start, Instant at, long cpuNanos, long workingSet) {

    /// What was used between `earlier` and this; empty when the two are not of one life.
    Optional<Usage> since(Point earlier) {
        Duration window = Duration.between(earlier.at, at);
        boolean isOneLife = !start.isBefore(earlier.start) && cpuNanos >= earlier.cpuNanos && window.isPositive();
        if (!isOneLife) {
            return Optional.empty();
        }
        double perSecond = (cpuNanos - earlier.cpuNanos) / (window.toNanos() / 1e9);
        return Optional.of(new Usage(at, window, (long) perSecond, workingSet));
    }

    /// The same container as it started, with nothing used yet.
    Point begun() {
        return new Point(start, start, 0, workingSet);
    }

    /// True if the kernel has told of both: a container that is just starting, or just gone, has used nothing.
    boolean isComplete() {
        return cpuNanos > 0 && workingSet > 0;
    }
}
