package dev.longshore.runtime;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// A container as it is.
///
/// @param pid its first process as the host numbers it, while it runs
/// @param exitCode 0 to 255 once it has ended
/// @param reason `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`; empty while it runs
/// @param logFile the absolute path
public record ContainerStatus(
        String id,
        String sandboxId,
        ContainerSpec spec,
        State state,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        OptionalInt pid,
        OptionalInt exitCode,
        String reason,
        String message,
        Path logFile) {

    /// Where it is in its life.
    public enum State {
        CREATED,
        RUNNING,
        EXITED,
        UNKNOWN
    }
}
