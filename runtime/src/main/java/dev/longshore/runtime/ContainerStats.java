package dev.longshore.runtime;

import java.time.Instant;

/// What a container uses.
///
/// @param cpuNanos CPU time since it started
/// @param workingSetBytes memory that cannot be reclaimed at once
public record ContainerStats(Instant at, long cpuNanos, long memoryUsageBytes, long workingSetBytes, long processes) {}
