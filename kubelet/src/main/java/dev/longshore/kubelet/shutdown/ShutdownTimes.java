package dev.longshore.kubelet.shutdown;

import java.time.Instant;
import java.util.Optional;

/// When the node was last shut down gracefully, by this process or an earlier one.
///
/// @param end empty while it is under way, and when it never came to an end
public record ShutdownTimes(Optional<Instant> start, Optional<Instant> end) {

    /// It never was.
    public static final ShutdownTimes NEVER = new ShutdownTimes(Optional.empty(), Optional.empty());
}
