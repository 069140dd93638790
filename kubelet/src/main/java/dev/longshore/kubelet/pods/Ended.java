package dev.longshore.kubelet.pods;

import dev.longshore.runtime.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateTerminatedBuilder;
import java.time.Instant;
import java.util.Optional;

/// How a container ended.
///
/// @param containerId as statuses spell it, `SCHEME://ID`; empty if there never was one
record Ended(
        String containerId,
        int exitCode,
        String reason,
        String message,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt) {

    static final int UNKNOWN_EXIT = 137;

    static Ended of(ContainerStatus status, String containerId, String message) {
        int exitCode = status.exitCode().orElse(UNKNOWN_EXIT);
        String reason = !status.reason().isEmpty() ? status.reason() : exitCode == 0 ? "Completed" : "Error";
        return new Ended(containerId, exitCode, reason, message, status.startedAt(), status.finishedAt());
    }

    static Ended of(ContainerStateTerminated told) {
        return new Ended(
                orEmpty(told.getContainerID()),
                told.getExitCode() == null ? UNKNOWN_EXIT : told.getExitCode(),
                orEmpty(told.getReason()),
                orEmpty(told.getMessage()),
                instant(told.getStartedAt()),
                instant(told.getFinishedAt()));
    }

    /// Nobody knows how.
    static Ended unknown(String containerId, String message) {
        return new Ended(
                containerId, UNKNOWN_EXIT, "ContainerStatusUnknown", message, Optional.empty(), Optional.empty());
    }

    boolean isSuccess() {
        return exitCode == 0;
    }

    /// As a status tells it, with as much of the message as `words` has room for.
    ContainerStateTerminated toState(LastWords words) {
        return new ContainerStateTerminatedBuilder()
                .withContainerID(containerId.isEmpty() ? null : containerId)
                .withExitCode(exitCode)
                .withReason(reason)
                .withMessage(message.isEmpty() ? null : words.of(message))
                .withStartedAt(startedAt.map(Stamps::seconds).orElse(null))
                .withFinishedAt(finishedAt.map(Stamps::seconds).orElse(null))
                .build();
    }

    private static Optional<Instant> instant(String text) {
        return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
