package dev.longshore.kubelet.shutdown;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.pods.PodWorkers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the pods before the machine goes down, in order of their priority, each group within its period (graceful node
/// shutdown, as in the kubelet of 1.36). Meanwhile the node is not Ready and takes no pod on. Without periods in the
/// configuration it does nothing. Thread-safe: one shutdown, or its cancellation, is worked on at a time.
public final class NodeShutdown {

    private static final Logger log = LoggerFactory.getLogger(NodeShutdown.class);

    private final GracePeriods periods;
    private final PodWorkers pods;
    private final ShutdownState state;
    private final EventRecorder events;
    private final Runnable tellNode;
    private final ShutdownRecord record;
    private final Time time;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile ShutdownTimes times;

    /// @param tellNode has the node's status told to the cluster at once; returns without waiting for that
    /// @param record where it is noted when the node was shut down
    NodeShutdown(
            GracePeriods periods,
            PodWorkers pods,
            ShutdownState state,
            EventRecorder events,
            Runnable tellNode,
            ShutdownRecord record,
            Time time) {
        this.periods = requireNonNull(periods, "periods");
        this.pods = requireNonNull(pods, "pods");
        this.state = requireNonNull(state, "state");
        this.events = requireNonNull(events, "events");
        this.tellNode = requireNonNull(tellNode, "tellNode");
        this.record = requireNonNull(record, "record");
        this.time = requireNonNull(time, "time");
        this.times = record.read();
    }

    /// As it is configured.
    ///
    /// @param tellNode has the node's status told to the cluster at once; returns without waiting for that
    /// @param root the kubelet's own directory
    public static NodeShutdown of(
            KubeletConfiguration configuration,
            PodWorkers pods,
            ShutdownState state,
            EventRecorder events,
            Runnable tellNode,
            Path root,
            Time time) {
        return new NodeShutdown(
                GracePeriods.of(configuration), pods, state, events, tellNode, new ShutdownRecord(root), time);
    }

    /// Whether pods are ended at all.
    public boolean isConfigured() {
        return !periods.steps().isEmpty();
    }

    /// How long it may take.
    Duration longest() {
        return periods.total();
    }

    /// When there was one.
    public ShutdownTimes times() {
        return times;
    }

    /// The machine is about to go down: ends the pods, and returns when that is done or its time is over.
    public void begin() throws InterruptedException {
        if (!isConfigured()) {
            log.warn(
                    "the machine goes down; no shutdownGracePeriod is configured, so pods are left to end by themselves");
            return;
        }
        oneAtATime.lockInterruptibly();
        try {
            log.info("the machine goes down: pods end within {}", periods.total());
            events.node("Normal", "NodeShutdown", "Shutdown manager detected shutdown event");
            state.is(true);
            tellNode.run();
            Instant start = time.now();
            note(new ShutdownTimes(Optional.of(start), Optional.empty()));
            try {
                endPods();
            } finally {
                note(new ShutdownTimes(Optional.of(start), Optional.of(time.now())));
            }
            log.info("pods have ended; the machine may go down");
        } finally {
            oneAtATime.unlock();
        }
    }

    /// It does not go down after all.
    void cancel() {
        log.info("the machine does not go down");
        events.node("Normal", "NodeShutdown", "Shutdown manager detected shutdown cancellation");
        state.is(false);
        tellNode.run();
    }

    private void note(ShutdownTimes now) {
        times = now;
        record.write(now);
    }

    private void endPods() throws InterruptedException {
        for (GracePeriods.Group group : periods.groups(pods.active())) {
            Duration grace = group.step().grace();
            log.info(
                    "{} pods of priority {} and more end within {}",
                    group.pods().size(),
                    group.step().priority(),
                    grace);
            List<CompletableFuture<Void>> ends = group.pods().stream()
                    .map(pod -> pods.endForShutdown(pod, grace))
                    .toList();
            awaitAll(ends, grace);
        }
    }

    private void awaitAll(List<CompletableFuture<Void>> ends, Duration limit) throws InterruptedException {
        var late = new CompletableFuture<Void>();
        Time.Timer timer = time.schedule(limit, () -> late.complete(null));
        try {
            CompletableFuture.anyOf(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)), late)
                    .get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the end of a pod is only ever completed", impossible);
        } finally {
            timer.cancel();
        }
        long left = ends.stream().filter(end -> !end.isDone()).count();
        if (left > 0) {
            log.warn("{} pods have not ended in time", left);
        }
    }
}
