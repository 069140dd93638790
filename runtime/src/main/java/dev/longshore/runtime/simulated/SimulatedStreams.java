package dev.longshore.runtime.simulated;

import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.internal.ExitNews;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Every command but `false` succeeds, and prints nothing; nothing listens on any port. So a probe that runs
/// `false` makes a container that is never ready, or never alive.
final class SimulatedStreams implements Streams {

    private static final List<String> FAILING = List.of("false");

    private final SimulatedContainers containers;

    SimulatedStreams(SimulatedContainers containers) {
        this.containers = containers;
    }

    @Override
    public int exec(String containerId, Exec exec, Stdio stdio, Resizes resizes, Duration limit) {
        running(containerId);
        return exec.command().equals(FAILING) ? 1 : 0;
    }

    @Override
    public Attachment join(String containerId) {
        if (containers.status(containerId).isEmpty()) {
            running(containerId);
        }
        var ended = new CountDownLatch(1);
        ExitNews.Subscription subscription = containers.onExit(exit -> {
            if (exit.id().equals(containerId)) {
                ended.countDown();
            }
        });
        if (containers
                .status(containerId)
                .filter(status -> status.state() == ContainerStatus.State.EXITED)
                .isPresent()) {
            subscription.close();
            running(containerId);
        }
        return new Attachment() {
            @Override
            public void run(Stdio stdio, Resizes resizes) throws InterruptedException {
                ended.await();
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }

    @Override
    public void resize(String containerId, Size size) {
        running(containerId);
    }

    @Override
    public void portForward(String sandboxId, int port, InputStream in, OutputStream out) {
        throw new RuntimeFaultException(Kind.FAILED, "nothing listens on port " + port + " of a simulated sandbox");
    }

    private void running(String containerId) {
        boolean runs = containers
                .status(containerId)
                .filter(status -> status.state() == ContainerStatus.State.RUNNING)
                .isPresent();
        if (!runs) {
            throw new RuntimeFaultException(Kind.FAILED, "container " + containerId + " is not running");
        }
    }
}
