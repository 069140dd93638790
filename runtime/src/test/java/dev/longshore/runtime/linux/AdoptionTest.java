package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.MountNamespace;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Specs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to containers when the process that made them goes and comes back.
class AdoptionTest {

    private static final List<String> LASTING = List.of("sleep", "1000");

    @TempDir
    Path directory;

    private LinuxNode node;
    private final List<LinuxRuntime> lives = new ArrayList<>();

    @BeforeEach
    void makeNode() throws Exception {
        node = new LinuxNode(directory);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (node != null) {
            lives.forEach(LinuxRuntime::close);
            node.runtime().purge();
            Remains.none(node.cluster);
        }
    }

    private LinuxRuntime live() throws InterruptedException {
        LinuxRuntime runtime = node.runtime();
        lives.add(runtime);
        runtime.start();
        return runtime;
    }

    @Test
    void aRunningContainerGoesOnAndIsAdopted() throws Exception {
        var pod = new Pod(live(), LASTING);
        lives.getFirst().close();

        LinuxRuntime next = live();

        ContainerStatus adopted = next.containers().status(pod.container).orElseThrow();
        assertThat(adopted.state()).isEqualTo(State.RUNNING);
        assertThat(adopted.pid()).isEqualTo(pod.status.pid());
        assertThat(adopted.startedAt()).isEqualTo(pod.status.startedAt());
        assertThat(adopted.spec()).isEqualTo(pod.status.spec());
        assertThat(next.sandboxes().list()).singleElement().satisfies(sandbox -> {
            assertThat(sandbox.state()).isEqualTo(SandboxStatus.State.READY);
            assertThat(sandbox.addresses()).containsExactly("10.244.0.9");
        });
    }

    @Test
    void anExitWhileNobodyWatchedIsToldOnce() throws Exception {
        var pod = new Pod(live(), List.of("sh", "-c", "trap 'exit 4' USR1; echo ready; while :; do sleep 0.02; done"));
        await().until(() -> Files.readString(pod.status.logFile()).contains("ready"));
        lives.getFirst().close();
        lives.getFirst().containers().signal(pod.container, "SIGUSR1");
        await().until(() -> Files.exists(directory.resolve("runtime/exits").resolve(pod.container)));

        var heard = new CopyOnWriteArrayList<ContainerStatus>();
        LinuxRuntime second = live();
        try (var subscription = second.containers().onExit(heard::add)) {
            assertThat(subscription).isNotNull();
            await().until(() -> !heard.isEmpty());
        }
        assertThat(heard)
                .singleElement()
                .satisfies(exit -> assertThat(exit.exitCode()).hasValue(4));
        second.close();

        var heardLater = new CopyOnWriteArrayList<ContainerStatus>();
        LinuxRuntime third = live();
        try (var subscription = third.containers().onExit(heardLater::add)) {
            assertThat(subscription).isNotNull();
            assertThat(third.containers().status(pod.container).orElseThrow().exitCode())
                    .hasValue(4);
            assertThat(heardLater).isEmpty();
        }
    }

    @Test
    void aContainerWhoseMonitorIsKilledEnds() throws Exception {
        LinuxRuntime runtime = live();
        var pod = new Pod(runtime, LASTING);
        Path bundle = directory.resolve("runtime/containers").resolve(pod.container);
        Processes.signal(ContainerStarts.identity(bundle, "conmon.pid"), Processes.signalNumber("KILL"));

        await().until(() ->
                runtime.containers().status(pod.container).orElseThrow().state() == State.EXITED);
        assertThat(runtime.containers().status(pod.container).orElseThrow().exitCode())
                .hasValue(137);
    }

    @Test
    void aContainerWhoseMakerDiedWhileStartingItIsAdopted() throws Exception {
        var pod = new Pod(live(), LASTING);
        lives.getFirst().close();
        Files.delete(
                directory.resolve("runtime/containers").resolve(pod.container).resolve("started.json"));

        ContainerStatus adopted = live().containers().status(pod.container).orElseThrow();

        assertThat(adopted.state()).isEqualTo(State.RUNNING);
        assertThat(adopted.pid()).isEqualTo(pod.status.pid());
    }

    @Test
    void afterTheHostWasDownNothingRunsAndAllIsRemembered() throws Exception {
        var pod = new Pod(live(), LASTING);
        lives.getFirst().close();
        var host = new HostPaths(node.cluster);
        var namespace = new MountNamespace(host, List.of(), node.commands);
        new HostRemains(host, Cgroups.detect(), namespace, node.commands, Time.system()).remove();

        LinuxRuntime next = live();

        assertThat(next.sandboxes().list())
                .singleElement()
                .satisfies(sandbox -> assertThat(sandbox.state()).isEqualTo(SandboxStatus.State.NOT_READY));
        await().until(() ->
                next.containers().status(pod.container).orElseThrow().state() == State.EXITED);
        next.sandboxes().remove(pod.status.sandboxId());
        assertThat(next.containers().list()).isEmpty();
        assertThat(new Pod(next, LASTING).status.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aSandboxThatWasLeftHalfMadeIsTakenAway() throws Exception {
        var pod = new Pod(live(), LASTING);
        lives.getFirst().close();
        Path sandbox = directory.resolve("runtime/sandboxes").resolve(pod.status.sandboxId());
        Files.delete(sandbox.resolve("state.json"));
        assertThat(node.wired).containsOnlyKeys(pod.status.sandboxId());

        LinuxRuntime next = live();

        assertThat(next.sandboxes().list()).isEmpty();
        assertThat(next.containers().list()).isEmpty();
        assertThat(node.wired).isEmpty();
        assertThat(node.kept).isEmpty();
        assertThat(sandbox).doesNotExist();
        var host = new HostPaths(node.cluster);
        assertThat(host.networkNamespace(pod.status.sandboxId().substring(0, 16)))
                .doesNotExist();
        assertThat(Cgroups.detect().processes(host.cgroup() + "/pods/" + pod.status.sandboxId()))
                .isEmpty();
    }

    @Test
    void aStartThatGoesOnAfterItsMakerWasKilledIsWaitedFor() throws Exception {
        var pod = new Pod(live(), LASTING);
        lives.getFirst().close();
        Path bundle = directory.resolve("runtime/containers").resolve(pod.container);
        Files.delete(bundle.resolve("started.json"));
        Files.move(bundle.resolve("pid"), bundle.resolve("pid.later"));
        Process shell =
                new ProcessBuilder("sh", "-c", "sleep 0.5; mv \"$1/pid.later\" \"$1/pid\"", "sh", bundle + "").start();
        Files.writeString(bundle.resolve("starting"), shell.pid() + "\n");

        ContainerStatus adopted = live().containers().status(pod.container).orElseThrow();

        assertThat(adopted.state()).isEqualTo(State.RUNNING);
        assertThat(adopted.pid()).isEqualTo(pod.status.pid());
    }

    @Test
    void whatRanBeforeARebootIsKnownDeadWhateverProcessesThereAre() throws Exception {
        Path boot = Files.writeString(directory.resolve("boot"), "first\n");
        LinuxRuntime before = node.runtime(boot);
        lives.add(before);
        before.start();
        var pod = new Pod(before, LASTING);
        before.close();
        Files.writeString(boot, "second\n");

        LinuxRuntime after = node.runtime(boot);
        lives.add(after);
        after.start();

        ContainerStatus dead = after.containers().status(pod.container).orElseThrow();
        assertThat(dead.state()).isEqualTo(State.EXITED);
        assertThat(dead.exitCode()).hasValue(255);
        assertThat(dead.reason()).isEqualTo("Unknown");
        assertThat(after.sandboxes().list())
                .singleElement()
                .satisfies(sandbox -> assertThat(sandbox.state()).isEqualTo(SandboxStatus.State.NOT_READY));
        after.close();

        LinuxRuntime sameBoot = node.runtime(boot);
        lives.add(sameBoot);
        sameBoot.start();
        assertThat(sameBoot.sandboxes().list())
                .singleElement()
                .satisfies(sandbox -> assertThat(sandbox.state()).isEqualTo(SandboxStatus.State.NOT_READY));
        assertThat(new Pod(sameBoot, LASTING).status.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void purgeNeedsNoStateFiles() throws Exception {
        var pod = new Pod(live(), LASTING);
        var process = Processes.identify(pod.status.pid().orElseThrow()).orElseThrow();
        lives.getFirst().close();
        Path state = directory.resolve("runtime");
        node.commands.require("sh", "-c", "rm -rf " + state + "/containers/*/*.json " + state + "/sandboxes/*/*.json");

        node.runtime().purge();

        assertThat(Processes.isAlive(process)).isFalse();
        Remains.none(node.cluster);
    }

    /// One container in one sandbox.
    private final class Pod {
        private final String container;
        private final ContainerStatus status;

        Pod(LinuxRuntime runtime, List<String> command) throws InterruptedException {
            String sandbox =
                    runtime.sandboxes().run(Specs.sandbox(directory, "adopted")).id();
            container = runtime.containers().create(sandbox, Specs.container(LinuxNode.IMAGE, "main", command));
            runtime.containers().start(container);
            status = runtime.containers().status(container).orElseThrow();
        }
    }
}
