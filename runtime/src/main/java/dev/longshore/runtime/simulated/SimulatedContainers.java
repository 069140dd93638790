package dev.longshore.runtime.simulated;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.internal.ExitNews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Containers that are only statuses. Each change replaces a status whole; which wins is decided by the map.
final class SimulatedContainers implements Containers {

    private static final int KILLED = 137;
    private static final int TERMINATED = 143;

    private final Map<String, ContainerStatus> statuses = new ConcurrentHashMap<>();
    private final Map<String, LoadMeter> meters = new ConcurrentHashMap<>();
    private final AtomicInteger pids = new AtomicInteger(1000);
    private final AtomicInteger ids = new AtomicInteger();
    private final String name;
    private final SimulatedSandboxes sandboxes;
    private final ExitNews news;
    private final Time time;
    private volatile Script script = Script.ANNOTATED;

    SimulatedContainers(String name, SimulatedSandboxes sandboxes, ExitNews news, Time time) {
        this.name = name;
        this.sandboxes = sandboxes;
        this.news = news;
        this.time = time;
    }

    void follow(Script newScript) {
        script = newScript;
    }

    @Override
    public String create(String sandboxId, ContainerSpec spec) {
        var sandbox = sandboxes
                .status(sandboxId)
                .orElseThrow(() -> new RuntimeFaultException(Kind.NOT_FOUND, "no such sandbox: " + sandboxId));
        String id = SimulatedRuntime.id(name + "/container", ids.incrementAndGet());
        statuses.put(
                id,
                new ContainerStatus(
                        id,
                        sandboxId,
                        spec,
                        State.CREATED,
                        time.now(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        "",
                        "",
                        sandbox.spec().logDirectory().resolve(spec.logFile())));
        return id;
    }

    @Override
    public void start(String containerId, Runnable whenCreated) {
        require(containerId);
        whenCreated.run();
        ContainerStatus started = statuses.computeIfPresent(containerId, (id, was) -> running(was));
        if (started == null) {
            throw new RuntimeFaultException(Kind.NOT_FOUND, "no such container: " + containerId);
        }
        meters.put(containerId, new LoadMeter(time.now(), load(started)));
        script.ending(started.spec())
                .ifPresent(ending -> time.schedule(ending.after(), () -> end(containerId, ending.exitCode())));
    }

    private ContainerStatus running(ContainerStatus was) {
        if (was.state() != State.CREATED) {
            throw new RuntimeFaultException(Kind.CANNOT_START, "the container was started before: " + was.id());
        }
        return change(
                was,
                State.RUNNING,
                Optional.of(time.now()),
                Optional.empty(),
                OptionalInt.of(pids.incrementAndGet()),
                OptionalInt.empty(),
                "");
    }

    private Load load(ContainerStatus container) {
        return Load.of(
                sandboxes
                        .status(container.sandboxId())
                        .map(sandbox -> sandbox.spec().annotations())
                        .orElse(Map.of()),
                container.spec().name());
    }

    /// The containers of a sandbox use what its annotations say now.
    void reload(String sandboxId) {
        of(sandboxId)
                .forEach(container -> meters.computeIfPresent(
                        container.id(), (id, meter) -> meter.then(time.now(), load(container))));
    }

    /// Ends a running container with `code`; returns whether it ran.
    boolean end(String containerId, int code) {
        var ended = new boolean[1];
        ContainerStatus now = statuses.computeIfPresent(containerId, (id, was) -> {
            ended[0] = was.state() == State.RUNNING;
            return ended[0] ? exited(was, code, time.now()) : was;
        });
        if (ended[0]) {
            news.publish(now);
        }
        return ended[0];
    }

    private static ContainerStatus exited(ContainerStatus was, int code, Instant at) {
        return change(
                was,
                State.EXITED,
                was.startedAt(),
                Optional.of(at),
                OptionalInt.empty(),
                OptionalInt.of(code),
                code == 0 ? "Completed" : "Error");
    }

    private static ContainerStatus change(
            ContainerStatus was,
            State state,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            OptionalInt pid,
            OptionalInt exitCode,
            String reason) {
        return new ContainerStatus(
                was.id(),
                was.sandboxId(),
                was.spec(),
                state,
                was.createdAt(),
                startedAt,
                finishedAt,
                pid,
                exitCode,
                reason,
                "",
                was.logFile());
    }

    @Override
    public void stop(String containerId, Duration grace) {
        end(containerId, grace.isPositive() ? TERMINATED : KILLED);
    }

    void killAll(String sandboxId) {
        of(sandboxId).forEach(status -> end(status.id(), KILLED));
    }

    List<ContainerStatus> of(String sandboxId) {
        return list().stream()
                .filter(status -> status.sandboxId().equals(sandboxId))
                .toList();
    }

    @Override
    public void signal(String containerId, String signal) {
        switch (signal.toUpperCase(Locale.ROOT)) {
            case "SIGKILL", "KILL", "9" -> end(containerId, KILLED);
            case "SIGTERM", "TERM", "15" -> end(containerId, TERMINATED);
            default -> require(containerId);
        }
    }

    @Override
    public void remove(String containerId) {
        end(containerId, KILLED);
        statuses.remove(containerId);
        meters.remove(containerId);
    }

    @Override
    public void update(String containerId, ContainerResources resources, ContainerOptions.Limits more) {
        require(containerId);
    }

    @Override
    public void pause(String containerId) {
        require(containerId);
    }

    @Override
    public void resume(String containerId) {
        require(containerId);
    }

    @Override
    public String processTable(List<String> arguments) {
        var table = new StringBuilder("PID\n");
        list().forEach(status -> status.pid().ifPresent(pid -> table.append(pid).append('\n')));
        return table.toString();
    }

    @Override
    public List<Integer> processes(String containerId) {
        return status(containerId).stream()
                .flatMapToInt(status -> status.pid().stream())
                .boxed()
                .toList();
    }

    private void require(String containerId) {
        if (!statuses.containsKey(containerId)) {
            throw new RuntimeFaultException(Kind.NOT_FOUND, "no such container: " + containerId);
        }
    }

    @Override
    public List<ContainerStatus> list() {
        return List.copyOf(statuses.values());
    }

    @Override
    public Optional<ContainerStatus> status(String containerId) {
        return Optional.ofNullable(statuses.get(containerId));
    }

    /// What the pod's annotations tell it to use.
    @Override
    public Optional<ContainerStats> stats(String containerId) {
        return status(containerId)
                .filter(status -> status.state() == State.RUNNING)
                .flatMap(status -> Optional.ofNullable(meters.get(containerId)))
                .map(meter -> meter.read(time.now()));
    }

    @Override
    public ExitNews.Subscription onExit(Consumer<ContainerStatus> listener) {
        return news.subscribe(listener);
    }
}
