package dev.longshore.runtime;

import java.time.Instant;
import java.util.List;

/// A sandbox as it is.
///
/// @param addresses its addresses, the primary first; empty with the host's network
/// @param networkNamespace the path that pins its network namespace; empty with the host's network
public record SandboxStatus(
        String id, SandboxSpec spec, State state, Instant createdAt, List<String> addresses, String networkNamespace) {

    public SandboxStatus {
        addresses = List.copyOf(addresses);
    }

    /// Whether it can take containers.
    public enum State {
        READY,
        NOT_READY
    }
}
