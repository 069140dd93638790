package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Further processes in containers. They live in memory: they end with this program, and are forgotten some time
/// after their end. Thread-safe.
final class Execs {

    private static final Logger log = LoggerFactory.getLogger(Execs.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int ID_BYTES = 32;
    private static final int SIZES = 16;
    private static final int UNKNOWN_END = 255;

    private final NodeRuntime runtime;
    private final ContainerEvents events;
    private final RandomGenerator randomness;
    private final Time time;
    private final Map<String, Exec> all = new ConcurrentHashMap<>();

    Execs(NodeRuntime runtime, ContainerEvents events, RandomGenerator randomness, Time time) {
        this.runtime = runtime;
        this.events = events;
        this.randomness = randomness;
        this.time = time;
    }

    /// One of them: made, perhaps begun, perhaps ended.
    static final class Exec {
        private final String id;
        private final EngineContainer container;
        private final Streams.Exec process;
        private final JsonNode asked;
        private final BlockingQueue<Streams.Size> sizes = new ArrayBlockingQueue<>(SIZES);
        private volatile boolean isBegun;
        private volatile Optional<Integer> exitCode = Optional.empty();

        private Exec(String id, EngineContainer container, Streams.Exec process, JsonNode asked) {
            this.id = id;
            this.container = container;
            this.process = process;
            this.asked = asked;
        }

        String id() {
            return id;
        }

        EngineContainer container() {
            return container;
        }

        Streams.Exec process() {
            return process;
        }

        JsonNode asked() {
            return asked;
        }

        boolean isRunning() {
            return isBegun && exitCode.isEmpty();
        }

        ObjectNode shown() {
            ObjectNode tree = Json.object().put("ID", id).put("Running", isRunning());
            exitCode.ifPresentOrElse(code -> tree.put("ExitCode", code), () -> tree.putNull("ExitCode"));
            ObjectNode config = tree.putObject("ProcessConfig")
                    .put("tty", process.tty())
                    .put("entrypoint", process.command().getFirst());
            JsonFields.put(
                    config.putArray("arguments"),
                    process.command().subList(1, process.command().size()));
            config.put("privileged", process.privileged());
            if (!process.user().isEmpty()) {
                config.put("user", process.user());
            }
            return tree.put("OpenStdin", asked.path("AttachStdin").asBoolean(false))
                    .put("OpenStderr", asked.path("AttachStderr").asBoolean(false))
                    .put("OpenStdout", asked.path("AttachStdout").asBoolean(false))
                    .put("CanRemove", exitCode.isPresent())
                    .put("ContainerID", container.id())
                    .put("DetachKeys", "")
                    .put("Pid", 0);
        }
    }

    /// Makes one as `asked` says.
    Exec create(EngineContainer container, JsonNode asked) {
        switch (container.state().status()) {
            case RUNNING -> {}
            case PAUSED ->
                throw EngineException.conflict(
                        "container " + container.name() + " is paused, unpause the container before exec");
            case RESTARTING ->
                throw EngineException.conflict(
                        "container " + container.name() + " is restarting, wait until the container is running");
            case CREATED, EXITED, REMOVING, DEAD ->
                throw EngineException.conflict("container " + container.id() + " is not running");
        }
        List<String> command = JsonFields.strings(asked.path("Cmd"));
        if (command.isEmpty()) {
            throw EngineException.invalid("No exec command specified");
        }
        DetachKeys.parse(
                asked.path("DetachKeys").asString("").isEmpty()
                        ? "ctrl-p,ctrl-q"
                        : asked.path("DetachKeys").asString());
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        var exec = new Exec(
                HexFormat.of().formatHex(id),
                container,
                new Streams.Exec(
                        command,
                        asked.path("Tty").asBoolean(false),
                        JsonFields.strings(asked.path("Env")),
                        asked.path("WorkingDir").asString(""),
                        asked.path("User").asString(""),
                        asked.path("Privileged").asBoolean(false)),
                asked);
        all.put(exec.id(), exec);
        tell(exec, "exec_create: " + String.join(" ", command));
        return exec;
    }

    /// @throws EngineException when there is none
    Exec get(String id) {
        return Optional.ofNullable(all.get(id))
                .orElseThrow(() -> EngineException.notFound("No such exec instance: " + id));
    }

    /// Those of `container` that run.
    List<String> runningIn(EngineContainer container) {
        return all.values().stream()
                .filter(exec -> exec.container().equals(container) && exec.isRunning())
                .map(Exec::id)
                .toList();
    }

    /// It is begun from now on, and by nobody else.
    ///
    /// @throws EngineException when it was begun before, or its container has ended
    void claim(Exec exec) {
        synchronized (exec) {
            if (exec.isBegun) {
                throw EngineException.conflict(
                        exec.exitCode.isPresent()
                                ? "exec " + exec.id() + " has already run"
                                : "exec " + exec.id() + " is already running");
            }
            if (exec.container().state().status() != RunState.Status.RUNNING) {
                throw EngineException.conflict("container " + exec.container().id() + " is not running");
            }
            exec.isBegun = true;
        }
    }

    /// Runs it to its end; a program that cannot be run is told on `complaints`.
    void run(Exec exec, Streams.Stdio stdio, OutputStream complaints) throws InterruptedException {
        tell(exec, "exec_start: " + String.join(" ", exec.process().command()));
        int code = UNKNOWN_END;
        try {
            code = runtime.streams()
                    .exec(
                            exec.container().state().runtimeId(),
                            exec.process(),
                            stdio,
                            () -> Optional.of(exec.sizes.take()),
                            Duration.ZERO);
        } catch (RuntimeFaultException refused) {
            LaunchFailure failure = LaunchFailure.of(
                    String.valueOf(refused.getMessage()),
                    exec.process().command().getFirst());
            code = failure.exitCode();
            complain(complaints, failure.ofExec());
        } finally {
            exec.exitCode = Optional.of(code);
            events.tell(exec.container(), "exec_die", Map.of("execID", exec.id(), "exitCode", String.valueOf(code)));
            time.schedule(REMEMBERED, () -> all.remove(exec.id()));
        }
    }

    private static void complain(OutputStream out, String words) {
        try {
            out.write((words + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException gone) {
            log.debug("nobody hears of it: {}", gone.getMessage());
        }
    }

    /// Gives its terminal another size; the newest counts.
    void resize(Exec exec, Streams.Size size) {
        if (!exec.sizes.offer(size)) {
            exec.sizes.clear();
            exec.sizes.offer(size);
        }
    }

    private void tell(Exec exec, String action) {
        events.tell(exec.container(), action, Map.of("execID", exec.id()));
    }
}
