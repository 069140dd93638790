package dev.longshore.runtime.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.ManualTime;
import dev.longshore.runtime.ContainerStatus.State;
import dev.longshore.runtime.Images.ImageStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeContract;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Specs;
import dev.longshore.runtime.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedRuntimeTest extends RuntimeContract {

    private final ManualTime time = new ManualTime();
    private final SimulatedRuntime runtime = new SimulatedRuntime("hollow-1", "10.244.3.0/29", time);

    @AfterEach
    void close() {
        runtime.close();
    }

    @Override
    protected NodeRuntime runtime() {
        return runtime;
    }

    @Override
    protected Digest image() {
        return runtime.images().status("hello:1").orElseThrow().id();
    }

    @Override
    protected Path logs() {
        return Path.of("/var/log/pods");
    }

    @Override
    protected List<String> lasting() {
        return List.of("anything");
    }

    @Override
    protected void crash(String containerId, int code) {
        assertThat(runtime.crash(containerId, code)).isTrue();
    }

    @Test
    void aContainerEndsWhenItsScriptSays() throws InterruptedException {
        runtime.follow(spec -> Optional.of(new Script.Ending(Duration.ofSeconds(5), 0)));
        String sandbox = runtime.sandboxes().run(sandbox("job")).id();
        String id = runtime.containers().create(sandbox, container("main", lasting()));
        runtime.containers().start(id);

        time.advance(Duration.ofSeconds(4));
        assertThat(status(id).state()).isEqualTo(State.RUNNING);
        assertThat(runtime.containers().stats(id).orElseThrow().cpuNanos()).isEqualTo(40_000_000);
        time.advance(Duration.ofSeconds(1));
        assertThat(status(id).state()).isEqualTo(State.EXITED);
        assertThat(status(id).reason()).isEqualTo("Completed");
    }

    @Test
    void aContainerUsesWhatThePodsAnnotationsSayNow() throws InterruptedException {
        String sandbox = runtime.sandboxes().run(sandbox("busy")).id();
        String id = runtime.containers().create(sandbox, container("main", lasting()));
        String other = runtime.containers().create(sandbox, container("other", lasting()));
        runtime.containers().start(id);
        runtime.containers().start(other);

        runtime.sandboxes()
                .annotate(
                        sandbox,
                        Map.of(
                                "longshore.dev/simulated-cpu", "1500m",
                                "longshore.dev/simulated-memory", "64Mi",
                                "longshore.dev/simulated-cpu.other", "0.25"));
        time.advance(Duration.ofSeconds(2));
        runtime.sandboxes().annotate(sandbox, Map.of("longshore.dev/simulated-cpu", "much"));
        time.advance(Duration.ofSeconds(10));

        var stats = runtime.containers().stats(id).orElseThrow();
        assertThat(stats.cpuNanos()).isEqualTo(3_000_000_000L + 100_000_000L);
        assertThat(stats.workingSetBytes()).isEqualTo(16 << 20);
        assertThat(runtime.containers().stats(other).orElseThrow().cpuNanos()).isEqualTo(500_000_000L + 100_000_000L);
    }

    @Test
    void addressesAreGivenOnceAndComeBack() {
        var sandboxes = runtime.sandboxes();
        List<String> given = List.of("a", "b", "c", "d", "e").stream()
                .map(name -> run(Specs.sandbox(logs(), name)))
                .toList();

        assertThat(given).containsExactly("10.244.3.2", "10.244.3.3", "10.244.3.4", "10.244.3.5", "10.244.3.6");
        assertThatThrownBy(() -> sandboxes.run(sandbox("f"))).isInstanceOf(RuntimeFaultException.class);
        sandboxes.list().stream()
                .filter(status -> status.addresses().contains("10.244.3.4"))
                .forEach(status -> stop(status.id()));
        assertThat(run(sandbox("g"))).isEqualTo("10.244.3.4");
    }

    @Test
    void onlyTheCommandThatIsCalledFalseFails() throws InterruptedException {
        String sandbox = runtime.sandboxes().run(sandbox("web")).id();
        String id = runtime.containers().create(sandbox, container("main", lasting()));
        runtime.containers().start(id);

        assertThat(exitCode(id, "true")).isZero();
        assertThat(exitCode(id, "false")).isEqualTo(1);
    }

    private int exitCode(String container, String command) throws InterruptedException {
        var nothing = new Streams.Stdio(Optional.empty(), Optional.empty(), Optional.empty());
        return runtime.streams()
                .exec(container, List.of(command), false, nothing, Optional::empty, Duration.ofSeconds(1));
    }

    @Test
    void aSlowImageComesWhenItsTimeIsOverAndAnAbsentOneNever() throws InterruptedException {
        String slow = "simulated.longshore.dev/slow-30/web:1";
        assertThat(runtime.images().status(slow)).isEmpty();
        var pull = CompletableFuture.supplyAsync(() -> pull(slow), Thread::startVirtualThread);

        time.advance(Duration.ofSeconds(29));
        assertThat(runtime.images().status(slow)).isEmpty();
        while (!pull.isDone()) {
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(runtime.images().status(slow)).contains(pull.join());
        assertThatThrownBy(() -> runtime.images().pull("simulated.longshore.dev/absent/web:1", Optional.empty()))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessage("simulated.longshore.dev/absent/web:1: not found");
    }

    private ImageStatus pull(String image) {
        try {
            return runtime.images().pull(image, Optional.empty());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private String run(dev.longshore.runtime.SandboxSpec spec) {
        try {
            return runtime.sandboxes().run(spec).addresses().getFirst();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void stop(String sandbox) {
        try {
            runtime.sandboxes().stop(sandbox);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
