package dev.longshore.metrics.resource;

import java.time.Duration;
import java.time.Instant;

/// What is used.
///
/// @param at the end of the window
/// @param nanoCores CPU, on average over the window, in billionths of a core
/// @param bytes the working set at its end
record Usage(Instant at, Duration window, long nanoCores, long bytes) {}
