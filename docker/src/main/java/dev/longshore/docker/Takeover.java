package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.docker.RunState.Status;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to containers when this program starts: what runs is taken over, what has ended meanwhile is noted,
/// what nobody owns is taken away, and what is to run always is started.
record Takeover(
        NodeRuntime runtime,
        Containers containers,
        Networks networks,
        Launches launches,
        HealthChecks health,
        ContainerRuns runs,
        Time time) {

    /// The exit code of which nobody knows.
    static final int UNKNOWN_END = 255;

    private static final Logger log = LoggerFactory.getLogger(Takeover.class);

    void run() throws InterruptedException {
        for (EngineContainer container : containers.list()) {
            try {
                adopt(container);
            } catch (RuntimeException failure) {
                // One that cannot be taken over must not keep the others, or the platform, from starting.
                log.error("container {} could not be taken over", container.name(), failure);
            }
        }
        removeStrays();
        networks.refresh();
        for (EngineContainer container : containers.list()) {
            RunState state = container.state();
            if (state.status() != Status.CREATED
                    && !state.hasProcesses()
                    && container
                            .config()
                            .restartPolicy()
                            .startsWithEngine(state.exitCode(), state.restarts(), state.wasStopped())) {
                Thread.ofVirtual().name("container-again").start(() -> runs.again(container));
            } else if (container.config().autoRemove() && state.status() == Status.EXITED) {
                runs.removeQuietly(container);
            }
        }
    }

    /// The engine's container that a container of the runtime belongs to.
    Optional<EngineContainer> owner(ContainerStatus status) {
        return containers.byId(status.spec().labels().getOrDefault(ContainerSpecs.OWNER, ""));
    }

    private void adopt(EngineContainer container) throws InterruptedException {
        RunState state = container.state();
        if (state.status() == Status.REMOVING) {
            runs.removeQuietly(container);
            return;
        }
        Optional<ContainerStatus> found = runtime.containers().status(state.runtimeId());
        if (found.filter(status -> status.state() == ContainerStatus.State.RUNNING)
                .isPresent()) {
            networks.seats().restore(container, container.published());
            health.resume(container);
        } else if (found.isPresent() && state.isRunning()) {
            networks.seats().restore(container, container.published());
            runs.noteEnd(container, found.get());
        } else {
            launches.rest(container, state.sandboxId());
            if (state.isRunning()) {
                container.become(state.ended(Status.EXITED, UNKNOWN_END, false, time.now()));
            }
            containers.save(container);
        }
    }

    private void removeStrays() throws InterruptedException {
        for (ContainerStatus status : runtime.containers().list()) {
            if (owner(status).isEmpty()) {
                runtime.containers().remove(status.id());
            }
        }
        for (var sandbox : runtime.sandboxes().list()) {
            String owner = sandbox.spec().labels().getOrDefault(ContainerSpecs.OWNER, "");
            if (containers.byId(owner).isEmpty()) {
                runtime.sandboxes().remove(sandbox.id());
            }
        }
    }
}
