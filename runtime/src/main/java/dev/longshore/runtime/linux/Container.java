package dev.longshore.runtime.linux;

import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.linux.ContainerFacts.Created;
import dev.longshore.runtime.linux.ContainerFacts.Exit;
import dev.longshore.runtime.linux.ContainerFacts.Started;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// One container: created, perhaps started, perhaps ended; nothing is ever taken back. Thread-safe.
final class Container {

    private final Created created;
    private final Path logFile;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private volatile Started started;

    Container(Created created, Path logFile) {
        this.created = created;
        this.logFile = logFile;
    }

    Created created() {
        return created;
    }

    String id() {
        return created.id();
    }

    Path logFile() {
        return logFile;
    }

    void started(Started how) {
        started = how;
    }

    Optional<Started> started() {
        return Optional.ofNullable(started);
    }

    /// Notes how it ended; returns false when that was known.
    boolean ended(Exit how) {
        return exit.complete(how);
    }

    CompletableFuture<Exit> exit() {
        return exit;
    }

    boolean isRunning() {
        return started != null && !exit.isDone();
    }

    boolean processLives() {
        return started != null && Processes.isAlive(started.process());
    }

    boolean monitorLives() {
        return started != null && Processes.isAlive(started.monitor());
    }

    ContainerStatus status() {
        Optional<Exit> end = Optional.ofNullable(exit.getNow(null));
        Optional<Started> start = started();
        return new ContainerStatus(
                created.id(),
                created.sandboxId(),
                created.spec(),
                end.isPresent() ? State.EXITED : start.isPresent() ? State.RUNNING : State.CREATED,
                created.createdAt(),
                start.filter(how -> how.failure().isEmpty()).map(Started::at),
                end.map(Exit::at),
                end.isEmpty() && start.isPresent()
                        ? OptionalInt.of(start.get().process().pid())
                        : OptionalInt.empty(),
                end.map(how -> OptionalInt.of(how.code())).orElse(OptionalInt.empty()),
                end.map(Exit::reason).orElse(""),
                end.map(Exit::message).orElse(""),
                logFile);
    }
}
