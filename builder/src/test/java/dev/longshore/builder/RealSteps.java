package dev.longshore.builder;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.HostCommands;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.linux.LinuxRuntime;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs steps as a node does, in a cluster of its own; the network has no way out.
public final class RealSteps implements OneShot {

    final AtomicInteger runs = new AtomicInteger();
    private final LinuxRuntime runtime;

    public RealSteps(Path directory) throws InterruptedException {
        runtime = new LinuxRuntime(
                new LinuxRuntime.Settings(ClusterId.random(new Random()), directory, List.of()),
                LinuxRuntime.Ports.ofSteps(new NoWayOut()),
                new HostCommands(),
                new Random(),
                Time.system());
        runtime.start();
    }

    @Override
    public int run(Step step, OutputStream stdout, OutputStream stderr) throws InterruptedException {
        runs.incrementAndGet();
        return runtime.oneShot().run(step, stdout, stderr);
    }

    /// Leaves nothing.
    public void end() throws InterruptedException {
        runtime.purge();
    }

    private static final class NoWayOut implements SandboxNetwork {
        @Override
        public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) {
            return List.of("10.244.0.9");
        }

        @Override
        public void detach(String sandboxId, Path namespace, SandboxSpec spec) {}
    }
}
