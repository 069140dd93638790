package dev.longshore.runtime.linux;

import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerSpec;
import java.time.Instant;

/// What is written down about a container, each record once: what it shall be, and how it started. How it ended
/// is in the exit file that conmon writes.
final class ContainerFacts {

    private ContainerFacts() {}

    /// Made.
    ///
    /// @param cgroup relative to the hierarchies' roots
    /// @param stopSignal the spec's, or the image's, or SIGTERM
    /// @param ownPid whether its first process is the first of a pid namespace, so that all die with it
    record Created(
            String id,
            String sandboxId,
            ContainerSpec spec,
            Instant createdAt,
            String cgroup,
            String stopSignal,
            boolean ownPid,
            int layers) {}

    /// Started, or found impossible to start.
    ///
    /// @param process its first process
    /// @param monitor its conmon
    /// @param failure why it could not be started; empty when it was
    record Started(Instant at, Processes.Identity process, Processes.Identity monitor, String failure) {
        static final Processes.Identity NOBODY = new Processes.Identity(0, 0);
    }

    /// Ended.
    record Exit(Instant at, int code, String reason, String message) {}
}
