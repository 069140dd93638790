package dev.longshore.metrics.custom;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One value of a metric.
///
/// @param labels of the series
/// @param window over which it is a rate; empty for what is so at one time
record Figure(Map<String, String> labels, double value, Instant at, Optional<Duration> window) {

    /// Both together; as old as the older one.
    Figure plus(Figure other) {
        Figure older = at.isAfter(other.at) ? other : this;
        return new Figure(labels, value + other.value, older.at, older.window);
    }
}
