package dev.longshore.docker;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where a container is in its life. Immutable; written down whole at each change.
///
/// @param run the run that is under way, or the last one
/// @param restarts how often the restart policy has started it
/// @param wasStopped whether a person has stopped it
record RunState(Status status, Run run, int restarts, boolean wasStopped) {

    static final RunState CREATED =
            new RunState(Status.CREATED, new Run("", "", 0, 0, false, "", Instant.EPOCH, Instant.EPOCH), 0, false);

    /// From one start to one end.
    ///
    /// @param runtimeId of the runtime's container, while there is one
    /// @param sandboxId of its sandbox, while there is one
    /// @param error why it could not be started the last time
    /// @param startedAt the epoch for never
    record Run(
            String runtimeId,
            String sandboxId,
            int pid,
            int exitCode,
            boolean oomKilled,
            String error,
            Instant startedAt,
            Instant finishedAt) {}

    /// As `docker ps` has them.
    enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        RESTARTING,
        REMOVING,
        EXITED,
        DEAD;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// True also for a paused one, which has processes, but not for one that waits to be started again.
    boolean hasProcesses() {
        return status == Status.RUNNING || status == Status.PAUSED;
    }

    /// What Docker calls running: also one that is between two runs.
    boolean isRunning() {
        return hasProcesses() || status == Status.RESTARTING;
    }

    String runtimeId() {
        return run.runtimeId();
    }

    String sandboxId() {
        return run.sandboxId();
    }

    int pid() {
        return run.pid();
    }

    int exitCode() {
        return run.exitCode();
    }

    boolean oomKilled() {
        return run.oomKilled();
    }

    String error() {
        return run.error();
    }

    Instant startedAt() {
        return run.startedAt();
    }

    Instant finishedAt() {
        return run.finishedAt();
    }

    RunState with(Status now) {
        return new RunState(now, run, restarts, wasStopped);
    }

    RunState running(String runtime, String sandbox, int process, Instant at) {
        var next = new Run(runtime, sandbox, process, 0, false, "", at, finishedAt());
        return new RunState(Status.RUNNING, next, restarts, wasStopped);
    }

    RunState ended(Status now, int code, boolean outOfMemory, Instant at) {
        var over = new Run("", "", 0, code, outOfMemory, error(), startedAt(), at);
        return new RunState(now, over, restarts, wasStopped);
    }

    RunState failed(int code, String why) {
        Status now = status == Status.CREATED ? Status.CREATED : Status.EXITED;
        var none = new Run("", "", 0, code, false, why, startedAt(), finishedAt());
        return new RunState(now, none, restarts, wasStopped);
    }

    RunState stoppedByHand(boolean byHand) {
        return new RunState(status, run, restarts, byHand);
    }

    RunState restarted(int times) {
        return new RunState(status, run, times, wasStopped);
    }

    ObjectNode json() {
        return Json.object()
                .put("status", status.name())
                .put("runtime", runtimeId())
                .put("sandbox", sandboxId())
                .put("pid", pid())
                .put("exitCode", exitCode())
                .put("oomKilled", oomKilled())
                .put("error", error())
                .put("startedAt", JsonFields.time(startedAt()))
                .put("finishedAt", JsonFields.time(finishedAt()))
                .put("restarts", restarts)
                .put("wasStopped", wasStopped);
    }

    static RunState of(JsonNode tree) {
        var run = new Run(
                tree.path("runtime").asString(""),
                tree.path("sandbox").asString(""),
                tree.path("pid").asInt(0),
                tree.path("exitCode").asInt(0),
                tree.path("oomKilled").asBoolean(false),
                tree.path("error").asString(""),
                JsonFields.time(tree.path("startedAt").asString("")),
                JsonFields.time(tree.path("finishedAt").asString("")));
        return new RunState(
                Status.valueOf(tree.path("status").asString("DEAD")),
                run,
                tree.path("restarts").asInt(0),
                tree.path("wasStopped").asBoolean(false));
    }
}
