package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.Processes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds monitors that live and do not tell that their container's process has ended: stopped ones, or such as hang.
/// The process waits for them as a zombie, and the kernel says how it ended. Confined to one thread.
final class SilentMonitors {

    private static final Logger log = LoggerFactory.getLogger(SilentMonitors.class);

    private final Time time;
    private final Duration patience;
    private final Map<String, Instant> since = new ConcurrentHashMap<>();

    SilentMonitors(Time time, Duration patience) {
        this.time = time;
        this.patience = patience;
    }

    /// The exit code of `container`, whose monitor lives and has told nothing, once it has been silent for too long
    /// since the process ended. The monitor is killed then.
    OptionalInt look(Container container) {
        if (container.processLives()) {
            since.remove(container.id());
            return OptionalInt.empty();
        }
        Instant first = since.computeIfAbsent(container.id(), id -> time.now());
        if (first.plus(patience).isAfter(time.now())) {
            return OptionalInt.empty();
        }
        since.remove(container.id());
        return container
                .started()
                .map(how -> {
                    log.warn(
                            "the monitor of container {} does not tell that it has ended and is killed",
                            container.id());
                    OptionalInt code = Processes.exitCode(how.process());
                    Processes.signal(how.monitor(), Processes.signalNumber("KILL"));
                    return code;
                })
                .orElse(OptionalInt.empty());
    }
}
