package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.docker.RunState.Status;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Containers' lives: starting, stopping, what follows when one ends. Thread-safe: each container's changes happen
/// under its own lock, under which nobody waits for an end.
final class ContainerRuns implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ContainerRuns.class);
    private static final Duration FOREVER = Duration.ofDays(3650);
    private static final Duration END_LIMIT = Duration.ofSeconds(90);
    private static final String KILL = "SIGKILL";

    private final NodeRuntime runtime;
    private final Containers containers;
    private final Networks networks;
    private final Launches launches;
    private final Removal removal;
    private final HealthChecks health;
    private final ContainerEvents events;
    private final Time time;
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();
    private AutoCloseable exits = () -> {};
    private volatile boolean isClosing;

    ContainerRuns(
            NodeRuntime runtime,
            Containers containers,
            Networks networks,
            Launches launches,
            Removal removal,
            HealthChecks health,
            ContainerEvents events,
            Time time) {
        this.runtime = runtime;
        this.containers = containers;
        this.networks = networks;
        this.launches = launches;
        this.removal = removal;
        this.health = health;
        this.events = events;
        this.time = time;
    }

    /// How long a container waits before it is started again.
    private record Pause(Duration length, Time.Timer timer) {}

    /// Takes over what an earlier run of this program left, and starts what is to run always.
    void start() throws InterruptedException {
        var takeover = new Takeover(runtime, containers, networks, launches, health, this, time);
        exits = runtime.containers()
                .onExit(end -> takeover.owner(end)
                        .ifPresent(container ->
                                Thread.ofVirtual().name("container-end").start(() -> noteEnd(container, end))));
        takeover.run();
    }

    /// Starts it, because somebody asks for it.
    void start(EngineContainer container) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            switch (container.state().status()) {
                case PAUSED -> throw EngineException.conflict("cannot start a paused container, try unpause instead");
                case RUNNING ->
                    throw new EngineException(EngineException.Kind.NOT_MODIFIED, "container is already running");
                case REMOVING, DEAD ->
                    throw EngineException.conflict("container is marked for removal and cannot be started");
                case CREATED, EXITED, RESTARTING -> cancelPause(container);
            }
            container.become(container.state().stoppedByHand(false).restarted(0));
            launch(container);
        } finally {
            container.work().unlock();
        }
    }

    private void launch(EngineContainer container) throws InterruptedException {
        try {
            Launches.Launched launched = launches.launch(container);
            container.become(
                    container.state().running(launched.runtimeId(), launched.sandboxId(), launched.pid(), time.now()));
            containers.save(container);
            events.tell(container, "start");
            health.begin(container);
        } catch (Launches.RefusedException refused) {
            LaunchFailure failure = refused.failure();
            container.become(container.state().failed(failure.exitCode(), refused.getMessage()));
            containers.save(container);
            events.tell(container, "die", Map.of("exitCode", String.valueOf(failure.exitCode())));
            container.ended();
            if (container.config().autoRemove()) {
                removeQuietly(container);
            }
            throw refused.fault();
        }
    }

    /// Its process has ended.
    void noteEnd(EngineContainer container, ContainerStatus end) {
        container.work().lock();
        try {
            if (container.state().runtimeId().equals(end.id())) {
                end(container, end);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            log.error("the end of container {} could not be noted", container.name(), failure);
        } finally {
            container.work().unlock();
        }
    }

    private void end(EngineContainer container, ContainerStatus end) throws InterruptedException {
        health.end(container);
        RunState before = container.state();
        int code = end.exitCode().orElse(Takeover.UNKNOWN_END);
        Instant at = end.finishedAt().orElse(time.now());
        boolean outOfMemory = end.reason().equals("OOMKilled");
        launches.rest(container, before.sandboxId());
        Duration ran = Duration.between(before.startedAt(), at);
        if (outOfMemory) {
            events.tell(container, "oom");
        }
        boolean again =
                !isClosing && container.config().restartPolicy().restarts(code, before.restarts(), before.wasStopped());
        RunState after = before.ended(again ? Status.RESTARTING : Status.EXITED, code, outOfMemory, at);
        container.become(again ? after.restarted(before.restarts() + 1) : after);
        containers.save(container);
        events.tell(
                container,
                "die",
                Map.of("exitCode", String.valueOf(code), "execDuration", String.valueOf(Math.max(0, ran.toSeconds()))));
        if (again) {
            Duration pause = RestartPolicy.delay(
                    Optional.ofNullable(pauses.get(container.id()))
                            .map(Pause::length)
                            .orElse(Duration.ZERO),
                    ran);
            pauses.put(container.id(), new Pause(pause, time.schedule(pause, () -> again(container))));
        } else {
            boolean removes = container.config().autoRemove() && !container.keepsItself() && !isClosing;
            container.ended();
            if (removes) {
                removeQuietly(container);
            }
        }
    }

    /// Starts it because its restart policy says so.
    void again(EngineContainer container) {
        container.work().lock();
        try {
            Status status = container.state().status();
            if (!isClosing && (status == Status.RESTARTING || status == Status.EXITED)) {
                launch(container);
            }
        } catch (EngineException refused) {
            log.warn("container {} could not be started again: {}", container.name(), refused.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            container.work().unlock();
        }
    }

    private void cancelPause(EngineContainer container) {
        Optional.ofNullable(pauses.remove(container.id()))
                .ifPresent(pause -> pause.timer().cancel());
    }

    /// Stops it, because somebody asks for it: `signal`, then after `grace` SIGKILL. Returns when it has ended.
    ///
    /// @param signal the container's own stop signal if empty
    /// @param grace the container's own if empty; negative for ever
    void stop(EngineContainer container, String signal, Optional<Integer> grace) throws InterruptedException {
        if (!mark(container)) {
            throw new EngineException(EngineException.Kind.NOT_MODIFIED, "container is already stopped");
        }
        String word = signal.isEmpty() ? stopSignal(container) : signal;
        end(container, word, grace.orElse(container.config().stopSeconds()));
        events.tell(container, "stop");
    }

    private static String stopSignal(EngineContainer container) {
        return container.config().stopSignal().isEmpty()
                ? "SIGTERM"
                : container.config().stopSignal();
    }

    /// Notes that a person wants it stopped; a paused one goes on, so that it can end.
    ///
    /// @return whether it runs
    private boolean mark(EngineContainer container) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            RunState state = container.state();
            if (!state.isRunning()) {
                return false;
            }
            container.become(state.stoppedByHand(true));
            if (state.status() == Status.RESTARTING) {
                cancelPause(container);
                container.become(container.state().with(Status.EXITED));
                containers.save(container);
                container.ended();
                if (container.config().autoRemove() && !container.keepsItself()) {
                    removeQuietly(container);
                }
            } else if (state.status() == Status.PAUSED) {
                runtime.containers().resume(state.runtimeId());
                container.become(container.state().with(Status.RUNNING));
            }
            containers.save(container);
            return true;
        } finally {
            container.work().unlock();
        }
    }

    private void end(EngineContainer container, String signal, int seconds) throws InterruptedException {
        CompletableFuture<RunState> ending = container.ending();
        RunState state = container.state();
        if (!state.hasProcesses()) {
            return;
        }
        events.tell(container, "kill", Map.of("signal", String.valueOf(CreateRequest.signal(signal))));
        try {
            runtime.containers().signal(state.runtimeId(), signal);
        } catch (RuntimeFaultException gone) {
            log.debug("container {} took no signal: {}", container.name(), gone.getMessage());
        }
        Duration grace = seconds < 0 ? FOREVER : Duration.ofSeconds(seconds);
        if (!hasEnded(ending, grace)) {
            events.tell(container, "kill", Map.of("signal", "9"));
            runtime.containers().stop(state.runtimeId(), Duration.ZERO);
            if (!hasEnded(ending, END_LIMIT)) {
                throw EngineException.failed(
                        "cannot stop container: " + container.name() + ": tried to kill container, but did not receive"
                                + " an exit event",
                        null);
            }
        }
    }

    private static boolean hasEnded(CompletableFuture<RunState> ending, Duration limit) throws InterruptedException {
        try {
            ending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException impossible) {
            throw new AssertionError("an end never fails", impossible);
        }
    }

    /// Sends it a signal; after SIGKILL returns when it has ended.
    void kill(EngineContainer container, String signal) throws InterruptedException {
        int number = CreateRequest.signal(signal);
        RunState state = container.state();
        if (!state.hasProcesses()) {
            throw EngineException.conflict(
                    "cannot kill container: " + container.name() + ": container " + container.id() + " is not running");
        }
        boolean kills = number == CreateRequest.signal(KILL);
        if (kills || number == CreateRequest.signal(stopSignal(container))) {
            mark(container);
        }
        if (kills) {
            end(container, KILL, (int) END_LIMIT.toSeconds());
            return;
        }
        runtime.containers().signal(state.runtimeId(), signal);
        events.tell(container, "kill", Map.of("signal", String.valueOf(number)));
    }

    /// Stops it if it runs, and starts it.
    void restart(EngineContainer container, String signal, Optional<Integer> grace) throws InterruptedException {
        container.keepsItself(true);
        try {
            if (container.state().isRunning()) {
                stop(container, signal, grace);
            }
        } finally {
            container.keepsItself(false);
        }
        start(container);
        events.tell(container, "restart");
    }

    /// Keeps its processes from running.
    void pause(EngineContainer container) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            RunState state = container.state();
            switch (state.status()) {
                case PAUSED -> throw EngineException.conflict("container " + container.id() + " is already paused");
                case RESTARTING ->
                    throw EngineException.conflict(
                            "container " + container.id() + " is restarting, wait until the container is running");
                case RUNNING -> {
                    runtime.containers().pause(state.runtimeId());
                    container.become(state.with(Status.PAUSED));
                    containers.save(container);
                    events.tell(container, "pause");
                }
                case CREATED, EXITED, REMOVING, DEAD ->
                    throw EngineException.conflict("container " + container.id() + " is not running");
            }
        } finally {
            container.work().unlock();
        }
    }

    /// Lets them go on.
    void unpause(EngineContainer container) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            RunState state = container.state();
            if (state.status() != Status.PAUSED) {
                throw EngineException.conflict("container " + container.id() + " is not paused");
            }
            runtime.containers().resume(state.runtimeId());
            container.become(state.with(Status.RUNNING));
            containers.save(container);
            events.tell(container, "unpause");
        } finally {
            container.work().unlock();
        }
    }

    /// Completed when `condition` (`not-running`, `next-exit`, `removed`) holds.
    CompletableFuture<RunState> await(EngineContainer container, String condition) {
        return switch (condition) {
            case "removed" -> container.removed();
            case "next-exit" -> container.ending();
            case "", "not-running" -> {
                CompletableFuture<RunState> ending = container.ending();
                yield container.state().isRunning() ? ending : CompletableFuture.completedFuture(container.state());
            }
            default -> throw EngineException.invalid("invalid condition: \"" + condition + "\"");
        };
    }

    /// Removes it, its layer and its logs.
    ///
    /// @param force whether a running one is killed
    /// @param withVolumes whether its volumes without names go, too
    void remove(EngineContainer container, boolean force, boolean withVolumes) throws InterruptedException {
        RunState state = container.state();
        if (state.status() == Status.REMOVING && !force) {
            throw EngineException.conflict("removal of container " + container.name() + " is already in progress");
        }
        if (state.isRunning() && !force) {
            String how = state.status() == Status.PAUSED
                    ? "container is paused and must be unpaused first"
                    : state.status() == Status.RESTARTING
                            ? "container is restarting: stop the container before removing or force remove"
                            : "container is running: stop the container before removing or force remove";
            throw EngineException.conflict("cannot remove container \"" + container.name() + "\": " + how);
        }
        if (state.isRunning()) {
            container.keepsItself(true);
            if (mark(container)) {
                end(container, KILL, (int) END_LIMIT.toSeconds());
            }
        }
        container.work().lockInterruptibly();
        try {
            if (containers.byId(container.id()).isPresent()) {
                discard(container, withVolumes);
            }
        } finally {
            container.work().unlock();
        }
    }

    private void discard(EngineContainer container, boolean withVolumes) throws InterruptedException {
        cancelPause(container);
        removal.discard(container, withVolumes);
    }

    /// Removes what has ended, with its volumes without names; a failure is noted only.
    void removeQuietly(EngineContainer container) {
        try {
            discard(container, true);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            log.warn("container {} could not be removed: {}", container.name(), failure.getMessage());
        }
    }

    /// The containers that mount the volume.
    List<EngineContainer> usersOf(String volume) {
        return removal.usersOf(volume);
    }

    /// Ends all that runs, each with its own signal and patience but `most` at the longest; none is started again.
    void stopAll(Duration most) throws InterruptedException {
        isClosing = true;
        var stops = new ArrayList<Thread>();
        for (EngineContainer container : containers.list()) {
            if (container.state().hasProcesses()) {
                int own = container.config().stopSeconds();
                int seconds = (int) (own < 0 ? most.toSeconds() : Math.min(own, most.toSeconds()));
                stops.add(Thread.ofVirtual().name("container-stop").start(() -> stopQuietly(container, seconds)));
            }
        }
        for (Thread stop : stops) {
            stop.join();
        }
    }

    private void stopQuietly(EngineContainer container, int seconds) {
        try {
            if (container.state().status() == Status.PAUSED) {
                unpause(container);
            }
            end(container, stopSignal(container), seconds);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            log.warn("container {} could not be stopped: {}", container.name(), failure.getMessage());
        }
    }

    /// Follows the containers no longer; they go on.
    @Override
    public void close() {
        isClosing = true;
        pauses.values().forEach(pause -> pause.timer().cancel());
        health.close();
        try {
            exits.close();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
