package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.docker.HealthState.Probe;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Looks after the health of running containers that have a check: one thread for each. Thread-safe.
final class HealthChecks implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);
    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final Duration USUAL_DURING_START = Duration.ofSeconds(5);
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final int USUAL_RETRIES = 3;
    private static final int LONGEST_OUTPUT = 4096;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final NodeRuntime runtime;
    private final Containers containers;
    private final ContainerEvents events;
    private final Time time;
    private final Map<String, Thread> threads = new ConcurrentHashMap<>();

    HealthChecks(NodeRuntime runtime, Containers containers, ContainerEvents events, Time time) {
        this.runtime = runtime;
        this.containers = containers;
        this.events = events;
        this.time = time;
    }

    /// What is looked for, and how often.
    record Check(
            List<String> command,
            Duration interval,
            Duration timeout,
            Duration startPeriod,
            Duration startInterval,
            int retries) {

        /// Empty when there is nothing to check.
        static Optional<Check> of(JsonNode config) {
            JsonNode tree = config.path("Healthcheck");
            List<String> test = JsonFields.strings(tree.path("Test"));
            if (test.size() < 2 || test.getFirst().equals("NONE")) {
                return Optional.empty();
            }
            var command = new ArrayList<String>();
            if (test.getFirst().equals("CMD-SHELL")) {
                List<String> shell = JsonFields.strings(config.path("Shell"));
                command.addAll(shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
            }
            command.addAll(test.subList(1, test.size()));
            int retries = tree.path("Retries").asInt(0);
            return Optional.of(new Check(
                    command,
                    or(tree.path("Interval"), USUAL),
                    or(tree.path("Timeout"), USUAL),
                    ContainerConfig.nanos(tree.path("StartPeriod")),
                    or(tree.path("StartInterval"), USUAL_DURING_START),
                    retries > 0 ? retries : USUAL_RETRIES));
        }

        /// Refuses times and numbers that make no sense.
        static void refuseWrong(JsonNode tree) {
            for (String field : List.of("Interval", "Timeout", "StartPeriod", "StartInterval")) {
                long nanos = tree.path(field).asLong(0);
                if (nanos != 0 && nanos < SHORTEST.toNanos()) {
                    throw EngineException.invalid(field + " in Healthcheck cannot be less than 1ms");
                }
            }
            if (tree.path("Retries").asLong(0) < 0) {
                throw EngineException.invalid("Retries in Healthcheck cannot be negative");
            }
        }

        private static Duration or(JsonNode nanos, Duration usual) {
            return nanos.asLong(0) > 0 ? ContainerConfig.nanos(nanos) : usual;
        }
    }

    /// Begins to look after `container`, which has just started, if it has a check.
    void begin(EngineContainer container) {
        stop(container);
        Optional<Check> check = Check.of(container.config().config());
        container.health(check.map(any -> HealthState.STARTING));
        check.ifPresent(wanted -> watchFromNow(container, wanted));
    }

    /// Goes on looking after `container`, which ran before this program did: its health is what it was.
    void resume(EngineContainer container) {
        Optional<Check> check = Check.of(container.config().config());
        if (check.isPresent() && container.health().isEmpty()) {
            container.health(Optional.of(HealthState.STARTING));
        }
        check.ifPresent(wanted -> watchFromNow(container, wanted));
    }

    private void watchFromNow(EngineContainer container, Check check) {
        threads.put(
                container.id(),
                Thread.ofVirtual().name("health-" + container.shortId()).start(() -> watch(container, check)));
    }

    /// It has ended, and counts as unhealthy until it starts again.
    void end(EngineContainer container) {
        stop(container);
        container.health(container.health().map(HealthState::unwatched));
    }

    private void stop(EngineContainer container) {
        Optional.ofNullable(threads.remove(container.id())).ifPresent(Thread::interrupt);
    }

    private void watch(EngineContainer container, Check check) {
        Instant begun = container.state().startedAt();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                boolean isStarting =
                        container.health().map(HealthState::status).orElse("").equals("starting")
                                && Duration.between(begun, time.now()).compareTo(check.startPeriod()) < 0;
                time.sleep(
                        isStarting && check.startInterval().compareTo(check.interval()) < 0
                                ? check.startInterval()
                                : check.interval());
                if (container.state().status() == RunState.Status.RUNNING) {
                    note(container, check, probe(container, check), begun);
                }
            }
        } catch (InterruptedException over) {
            log.debug("the health of {} is looked after no more", container.name());
        }
    }

    private Probe probe(EngineContainer container, Check check) throws InterruptedException {
        Instant start = time.now();
        var output = new ByteArrayOutputStream();
        int code;
        try {
            code = runtime.streams()
                    .exec(
                            container.state().runtimeId(),
                            Streams.Exec.of(check.command(), false),
                            new Streams.Stdio(Optional.empty(), Optional.of(output), Optional.of(output)),
                            Optional::empty,
                            check.timeout());
        } catch (RuntimeFaultException failed) {
            boolean isLate = failed.kind() == RuntimeFaultException.Kind.TIMED_OUT;
            String words = isLate
                    ? "Health check exceeded timeout (" + check.timeout().toSeconds() + "s)"
                    : LaunchFailure.of(
                                    String.valueOf(failed.getMessage()),
                                    check.command().getFirst())
                            .ofExec();
            output.writeBytes(words.getBytes(StandardCharsets.UTF_8));
            code = -1;
        }
        String text = output.toString(StandardCharsets.UTF_8);
        return new Probe(start, time.now(), code, text.substring(0, Math.min(text.length(), LONGEST_OUTPUT)));
    }

    private void note(EngineContainer container, Check check, Probe probe, Instant begun) {
        container.work().lock();
        try {
            // It may have ended since the probe: then it counts as unhealthy, whatever was found.
            if (Thread.currentThread().isInterrupted() || !container.state().hasProcesses()) {
                return;
            }
            HealthState before = container.health().orElse(HealthState.STARTING);
            HealthState after = judged(before, check, probe, begun);
            container.health(Optional.of(after));
            boolean isNews = !after.status().equals(before.status());
            if (isNews || after.failures() != before.failures()) {
                containers.save(container);
            }
            if (isNews) {
                events.tell(container, "health_status: " + after.status());
            }
        } finally {
            container.work().unlock();
        }
    }

    private static HealthState judged(HealthState before, Check check, Probe probe, Instant begun) {
        if (probe.exitCode() == 0) {
            return before.after(probe, "healthy", 0);
        }
        boolean isEarly = before.status().equals("starting")
                && Duration.between(begun, probe.start()).compareTo(check.startPeriod()) < 0;
        int failures = isEarly ? before.failures() : before.failures() + 1;
        boolean isBad = failures >= check.retries();
        return before.after(probe, isBad ? "unhealthy" : before.status(), failures);
    }

    /// What was found by then is written down.
    @Override
    public void close() {
        threads.forEach((id, thread) ->
                containers.byId(id).ifPresentOrElse(container -> interrupt(container, thread), thread::interrupt));
    }

    /// Never while it writes, which an interruption would spoil.
    private static void interrupt(EngineContainer container, Thread thread) {
        boolean isQuiet = false;
        try {
            isQuiet = container.work().tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        if (isQuiet) {
            container.work().unlock();
        }
    }
}
