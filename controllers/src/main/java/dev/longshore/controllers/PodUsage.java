package dev.longshore.controllers;

import java.time.Duration;
import java.time.Instant;

/// How much of something a pod uses.
///
/// @param milli in thousandths
/// @param at when it was measured
/// @param window over how long
record PodUsage(long milli, Instant at, Duration window) {}
