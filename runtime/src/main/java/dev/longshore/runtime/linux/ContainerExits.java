package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.runtime.internal.ExitNews;
import dev.longshore.runtime.internal.LogRotation;
import dev.longshore.runtime.linux.ContainerFacts.Exit;
import dev.longshore.runtime.linux.ExitWatcher.ExitCode;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out how containers end: by conmon's exit files, and where conmon was killed, by looking at processes.
/// What was told once is written down beside the container, so a restart tells only news.
final class ContainerExits implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ContainerExits.class);
    private static final int KILLED = 137;
    private static final int UNKNOWN = 255;

    private final NodeState state;
    private final Cgroups cgroups;
    private final Time time;
    private final ExitNews news = new ExitNews();
    private final ExitWatcher watcher;
    private final LogRotation rotation;
    private final SilentMonitors silent;
    private final Map<String, Exit> unwritten = new ConcurrentHashMap<>();

    ContainerExits(NodeState state, Cgroups cgroups, Time time, Patience patience) {
        this.silent = new SilentMonitors(time, patience.silence());
        this.state = state;
        this.cgroups = cgroups;
        this.time = time;
        this.watcher = new ExitWatcher(state.paths().exits(), this::note, this::sweep, time);
        this.rotation = new LogRotation(time);
    }

    ExitNews news() {
        return news;
    }

    /// Watches first and sweeps then, so that nothing falls between.
    void start() {
        news.start();
        watcher.start();
        sweep();
    }

    /// Takes note of the exit file of container `id`, if both are there. A container whose start is still under
    /// way asks again itself.
    void note(String id) {
        Optional<Container> container =
                Optional.ofNullable(state.containers().get(id)).filter(Container::isRunning);
        container.ifPresent(running ->
                ExitWatcher.read(state.paths().exit(id)).ifPresent(code -> end(running, exit(running, code))));
    }

    /// Takes in what was known before this process began.
    void recall(Container container) {
        StateFile.read(state.paths().container(container.id()).resolve("ended.json"), Exit.class)
                .ifPresent(container::ended);
        container
                .started()
                .filter(how -> !how.failure().isEmpty())
                .ifPresent(how -> container.ended(new Exit(how.at(), 128, "ContainerCannotRun", how.failure())));
    }

    private void sweep() {
        writeDown();
        for (Container container : state.containers().values()) {
            if (container.isRunning()) {
                rotation.check(
                        container.logFile(),
                        () -> new ConmonControl(state.paths().container(container.id())).reopenLog(),
                        container.created().spec().options().log());
                sweep(container);
            }
        }
    }

    private void sweep(Container container) {
        // In this order: a monitor that still lives writes the file, and one that has died has written it before.
        boolean monitored = container.monitorLives();
        boolean alive = container.processLives();
        note(container.id());
        if (!container.isRunning()) {
            return;
        }
        if (monitored) {
            silent.look(container).ifPresent(code -> end(container, exit(container, new ExitCode(code, time.now()))));
            return;
        }
        if (alive) {
            log.warn("container {} lost its monitor and is killed", container.id());
            cgroups.kill(container.created().cgroup());
            end(container, new Exit(time.now(), KILLED, "Error", "the container's monitor has died"));
        } else {
            end(container, new Exit(time.now(), UNKNOWN, "Error", "how the container ended is not known"));
        }
    }

    /// The monitor may miss that memory ran out where the end follows at once; the kernel has counted it.
    private Exit exit(Container container, ExitCode code) {
        Path oom = state.paths().container(container.id()).resolve("oom");
        boolean isOutOfMemory = Files.exists(oom)
                || (code.code() == KILLED
                        && cgroups.killedForMemory(container.created().cgroup()) > 0);
        String reason = code.code() == 0 ? "Completed" : isOutOfMemory ? "OOMKilled" : "Error";
        return new Exit(code.at(), code.code(), reason, "");
    }

    private void end(Container container, Exit how) {
        if (container.ended(how)) {
            if (!container.created().ownPid()) {
                cgroups.kill(container.created().cgroup());
            }
            unwritten.put(container.id(), how);
            writeDown();
            news.publish(container.status());
        }
    }

    /// Writes down what could not be written before, as on a full disk.
    private void writeDown() {
        for (var entry : unwritten.entrySet()) {
            Path directory = state.paths().container(entry.getKey());
            try {
                if (Files.isDirectory(directory)) {
                    StateFile.write(directory.resolve("ended.json"), entry.getValue());
                }
                unwritten.remove(entry.getKey(), entry.getValue());
            } catch (UncheckedIOException full) {
                log.warn("the end of container {} is not written down yet: {}", entry.getKey(), full.getMessage());
            }
        }
    }

    @Override
    public void close() {
        watcher.close();
        news.close();
    }
}
