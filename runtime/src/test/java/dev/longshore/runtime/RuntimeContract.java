package dev.longshore.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Digest;
import dev.longshore.runtime.ContainerStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// What every runtime does, real or simulated.
public abstract class RuntimeContract {

    /// The runtime under test, started.
    protected abstract NodeRuntime runtime();

    /// An image that is present.
    protected abstract Digest image();

    /// A directory for logs.
    protected abstract Path logs();

    /// A container that runs until it is told to end.
    protected abstract List<String> lasting();

    /// Makes the container end by itself with `code`.
    protected abstract void crash(String containerId, int code) throws InterruptedException;

    @Test
    void aSandboxStandsUntilItIsStopped() throws InterruptedException {
        SandboxStatus made = runtime().sandboxes().run(sandbox("stands"));

        assertThat(made.state()).isEqualTo(SandboxStatus.State.READY);
        assertThat(made.addresses()).isNotEmpty();
        assertThat(runtime().sandboxes().list()).extracting(SandboxStatus::id).contains(made.id());

        runtime().sandboxes().stop(made.id());
        assertThat(runtime().sandboxes().status(made.id()).orElseThrow().state())
                .isEqualTo(SandboxStatus.State.NOT_READY);

        runtime().sandboxes().remove(made.id());
        assertThat(runtime().sandboxes().status(made.id())).isEmpty();
    }

    @Test
    void aContainerGoesFromCreatedOverRunningToExited() throws Exception {
        String sandbox = runtime().sandboxes().run(sandbox("life")).id();
        var exits = new CopyOnWriteArrayList<ContainerStatus>();
        try (var subscription = runtime().containers().onExit(exits::add)) {
            assertThat(subscription).isNotNull();
            String id = runtime().containers().create(sandbox, container("main", lasting()));
            assertThat(status(id).state()).isEqualTo(State.CREATED);

            runtime().containers().start(id);
            assertThat(status(id).state()).isEqualTo(State.RUNNING);
            assertThat(status(id).startedAt()).isPresent();
            assertThat(status(id).pid()).isPresent();

            runtime().containers().stop(id, Duration.ZERO);
            assertThat(status(id).state()).isEqualTo(State.EXITED);
            assertThat(status(id).exitCode()).hasValue(137);
            assertThat(status(id).reason()).isEqualTo("Error");
            assertThat(status(id).finishedAt()).isPresent();
            await().untilAsserted(() ->
                    assertThat(exits).extracting(ContainerStatus::id).contains(id));

            runtime().containers().remove(id);
            assertThat(runtime().containers().status(id)).isEmpty();
        }
        runtime().sandboxes().remove(sandbox);
    }

    @Test
    void anExitIsToldWithItsCode() throws Exception {
        String sandbox = runtime().sandboxes().run(sandbox("crash")).id();
        var exits = new CopyOnWriteArrayList<ContainerStatus>();
        try (var subscription = runtime().containers().onExit(exits::add)) {
            assertThat(subscription).isNotNull();
            String id = runtime().containers().create(sandbox, container("main", lasting()));
            runtime().containers().start(id);

            crash(id, 3);

            await().untilAsserted(() -> assertThat(exits).anySatisfy(exit -> {
                assertThat(exit.id()).isEqualTo(id);
                assertThat(exit.exitCode()).hasValue(3);
                assertThat(exit.reason()).isEqualTo("Error");
            }));
        }
        runtime().sandboxes().remove(sandbox);
    }

    @Test
    void stoppingASandboxEndsItsContainers() throws InterruptedException {
        String sandbox = runtime().sandboxes().run(sandbox("ends")).id();
        String id = runtime().containers().create(sandbox, container("main", lasting()));
        runtime().containers().start(id);

        runtime().sandboxes().stop(sandbox);

        assertThat(status(id).state()).isEqualTo(State.EXITED);
        runtime().sandboxes().remove(sandbox);
        assertThat(runtime().containers().status(id)).isEmpty();
    }

    @Test
    void whatIsNotThereIsNotFoundButRemovedSilently() throws InterruptedException {
        runtime().containers().remove("nobody");
        runtime().containers().stop("nobody", Duration.ZERO);
        runtime().sandboxes().remove("nobody");
        runtime().sandboxes().stop("nobody");

        assertThatThrownBy(() -> runtime().containers().start("nobody"))
                .isInstanceOfSatisfying(
                        RuntimeFaultException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(RuntimeFaultException.Kind.NOT_FOUND));
        assertThatThrownBy(() -> runtime().containers().create("nobody", container("main", lasting())))
                .isInstanceOf(RuntimeFaultException.class);
    }

    /// Its status.
    protected ContainerStatus status(String id) {
        return runtime().containers().status(id).orElseThrow();
    }

    /// A sandbox that asks for nothing.
    protected SandboxSpec sandbox(String name) {
        return Specs.sandbox(logs(), name);
    }

    /// A container that runs `command`.
    protected ContainerSpec container(String name, List<String> command) {
        return Specs.container(image(), name, command);
    }
}
