package dev.longshore.runtime.simulated;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.RuntimeFaultException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Containers that are nothing but their status. They take the stop signal at once.
final class SimulatedContainers implements Containers {

    private static final int KILLED = 137;

    private final Time time;
    private final Map<String, ContainerStatus> containers = new ConcurrentHashMap<>();
    private final List<Consumer<ContainerStatus>> listeners = new CopyOnWriteArrayList<>();

    SimulatedContainers(Time time) {
        this.time = time;
    }

    @Override
    public String create(String sandboxId, ContainerSpec spec) {
        String id = UUID.randomUUID().toString().replace("-", "");
        containers.put(
                id,
                new ContainerStatus(
                        id,
                        sandboxId,
                        spec,
                        ContainerStatus.State.CREATED,
                        time.now(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        "",
                        "",
                        spec.logFile()));
        return id;
    }

    @Override
    public void start(String containerId) {
        ContainerStatus started = containers.computeIfPresent(
                containerId,
                (id, created) -> with(
                        created,
                        ContainerStatus.State.RUNNING,
                        Optional.of(time.now()),
                        Optional.empty(),
                        OptionalInt.empty(),
                        ""));
        if (started == null) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.NOT_FOUND, "no such container: " + containerId);
        }
    }

    @Override
    public void stop(String containerId, Duration grace) {
        end(containerId, 0);
    }

    @Override
    public void signal(String containerId, String signal) {
        switch (signal) {
            case "SIGKILL" -> end(containerId, KILLED);
            case "SIGTERM", "SIGINT" -> end(containerId, 0);
            default -> {}
        }
    }

    @Override
    public void remove(String containerId) {
        containers.remove(containerId);
    }

    @Override
    public void update(String containerId, ContainerResources resources) {}

    @Override
    public List<ContainerStatus> list() {
        return List.copyOf(containers.values());
    }

    @Override
    public Optional<ContainerStatus> status(String containerId) {
        return Optional.ofNullable(containers.get(containerId));
    }

    @Override
    public Optional<ContainerStats> stats(String containerId) {
        return status(containerId)
                .filter(SimulatedContainers::isRunning)
                .map(running -> new ContainerStats(time.now(), 0, 0, 0, 1));
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerStatus> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /// Ends the running container `name` of a sandbox; false if there is none.
    boolean exit(String sandboxId, String name, int exitCode) {
        Optional<ContainerStatus> running = containers.values().stream()
                .filter(status -> status.sandboxId().equals(sandboxId)
                        && status.spec().name().equals(name)
                        && isRunning(status))
                .findFirst();
        running.ifPresent(status -> end(status.id(), exitCode));
        return running.isPresent();
    }

    void killAll(String sandboxId) {
        containers.values().stream()
                .filter(status -> status.sandboxId().equals(sandboxId))
                .forEach(status -> end(status.id(), KILLED));
    }

    void removeAll(String sandboxId) {
        containers.values().removeIf(status -> status.sandboxId().equals(sandboxId));
    }

    void forgetListeners() {
        listeners.clear();
    }

    private void end(String containerId, int exitCode) {
        ContainerStatus before = containers.get(containerId);
        if (before == null || !isRunning(before)) {
            return;
        }
        ContainerStatus ended = with(
                before,
                ContainerStatus.State.EXITED,
                before.startedAt(),
                Optional.of(time.now()),
                OptionalInt.of(exitCode),
                exitCode == 0 ? "Completed" : "Error");
        if (containers.replace(containerId, before, ended)) {
            listeners.forEach(listener -> listener.accept(ended));
        }
    }

    private static boolean isRunning(ContainerStatus status) {
        return status.state() == ContainerStatus.State.RUNNING;
    }

    private static ContainerStatus with(
            ContainerStatus before,
            ContainerStatus.State state,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            OptionalInt exitCode,
            String reason) {
        return new ContainerStatus(
                before.id(),
                before.sandboxId(),
                before.spec(),
                state,
                before.createdAt(),
                startedAt,
                finishedAt,
                OptionalInt.empty(),
                exitCode,
                reason,
                "",
                before.logFile());
    }
}
