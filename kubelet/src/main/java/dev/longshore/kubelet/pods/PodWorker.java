package dev.longshore.kubelet.pods;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.EventRecorder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that acts for one pod. What others want of it they leave in its mailbox; it looks there
/// whenever it is woken, by them or by its own alarm.
final class PodWorker {

    private static final Logger log = LoggerFactory.getLogger(PodWorker.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration STOPPING_LOOK = Duration.ofSeconds(1);
    private static final Duration USUAL_GRACE = Duration.ofSeconds(30);

    private final String uid;
    private final Time time;
    private final PodSync sync;
    private final EventRecorder events;
    private final Consumer<PodWorker> whenGone;
    private final WorkerMeasures measures;
    private final Thread thread;
    private Duration retry = FIRST_RETRY;
    private Time.Timer timer = () -> {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    // Guarded by the lock.
    private boolean isWoken = true;
    private Pod latest;
    private boolean isGone;
    private boolean isEnded;
    private Optional<Duration> shutDown = Optional.empty();
    private Optional<EndOrder> order = Optional.empty();

    PodWorker(PodServices node, PodState state, Consumer<PodWorker> whenGone) {
        this.uid = state.pod.getMetadata().getUid();
        this.time = requireNonNull(node.time(), "time");
        this.latest = state.pod;
        this.whenGone = whenGone;
        this.events = node.events();
        this.sync = new PodSync(node, state, this::wake);
        this.measures = new WorkerMeasures(node.measures(), time, state.snapshot);
        this.thread = Thread.ofVirtual()
                .name("pod " + state.pod.getMetadata().getNamespace() + "/"
                        + state.pod.getMetadata().getName())
                .unstarted(this::run);
    }

    String uid() {
        return uid;
    }

    void start() {
        thread.start();
    }

    /// The pod has changed.
    void update(Pod pod) {
        lock.lock();
        try {
            if (isNewer(pod, latest)) {
                latest = pod;
            }
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// The server no longer has the pod.
    void gone(Pod pod) {
        lock.lock();
        try {
            if (isNewer(pod, latest)) {
                latest = pod;
            }
            isGone = true;
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// Ends everything within the pod's own grace period, but at most `limit`, without a word to the server.
    void shutDown(Duration limit) {
        lock.lock();
        try {
            Long own = latest.getSpec().getTerminationGracePeriodSeconds();
            shutDown = Optional.of(own == null || own >= limit.toSeconds() ? limit : Duration.ofSeconds(own));
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// Ends the pod as failed, within what the order grants. One that came before is forgotten, but counts as carried
    /// out with this one.
    void end(EndOrder asked) {
        lock.lock();
        try {
            order.ifPresent(before -> asked.over().thenRun(() -> before.over().complete(null)));
            order = Optional.of(asked);
            if (isEnded) {
                asked.over().complete(null);
            }
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// Something may have happened.
    void wake() {
        lock.lock();
        try {
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// Stops looking after the pod; its containers go on.
    void close() {
        thread.interrupt();
    }

    /// Waits until the thread has ended, at most for `limit`.
    boolean join(Duration limit) throws InterruptedException {
        return thread.join(limit);
    }

    /// What the worker knew at its last look.
    PodSnapshot snapshot() {
        return sync.state().snapshot;
    }

    private void signal() {
        isWoken = true;
        woken.signal();
    }

    private void run() {
        measures.begun();
        try {
            while (!step(await())) {
                // Every step is complete in itself.
            }
            measures.gone(snapshot().pod());
            whenGone.accept(this);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            timer.cancel();
            sync.close();
            end();
        }
    }

    private void end() {
        lock.lock();
        try {
            isEnded = true;
            order.ifPresent(known -> known.over().complete(null));
        } finally {
            lock.unlock();
        }
    }

    private Mail await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isWoken) {
                woken.await();
            }
            isWoken = false;
            return new Mail(latest, isGone, shutDown, order);
        } finally {
            lock.unlock();
        }
    }

    /// True when nothing is left to do for the pod, ever.
    private boolean step(Mail mail) throws InterruptedException {
        timer.cancel();
        long begun = time.nanoTime();
        try {
            boolean done = act(mail);
            measures.looked(mail.pod(), mail.isEnding(), time.nanoTime() - begun, snapshot());
            retry = FIRST_RETRY;
            return done;
        } catch (RuntimeException failure) {
            log.warn("pod {}: will try again in {}", Names.of(mail.pod()), retry, failure);
            tell(mail, failure);
            timer = time.schedule(retry, this::wake);
            Duration doubled = retry.multipliedBy(2);
            retry = doubled.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : doubled;
            return false;
        }
    }

    private void tell(Mail mail, RuntimeException failure) {
        events.warning(
                mail.pod(),
                mail.isEnding() ? "FailedKillPod" : "FailedSync",
                (mail.isEnding() ? "error killing pod: " : "error determining status: ") + failure.getMessage());
    }

    private boolean act(Mail mail) throws InterruptedException {
        if (mail.shutDown().isPresent()) {
            return again(sync.shutDown(mail.shutDown().get()));
        }
        if (mail.isEnding()) {
            return again(sync.terminate(mail.pod(), grace(mail), !mail.isGone()));
        }
        mail.order().ifPresent(sync::end);
        Optional<Instant> next = sync.sync(mail.pod());
        mail.order()
                .filter(known -> sync.state().released)
                .ifPresent(known -> known.over().complete(null));
        next.ifPresent(at -> timer = time.schedule(Duration.between(time.now(), at), this::wake));
        return false;
    }

    private boolean again(boolean done) {
        if (!done) {
            timer = time.schedule(STOPPING_LOOK, this::wake);
        }
        return done;
    }

    private static Duration grace(Mail mail) {
        Duration own = grace(mail.pod());
        return mail.order()
                .map(EndOrder::grace)
                .filter(most -> most.compareTo(own) < 0)
                .orElse(own);
    }

    private static Duration grace(Pod pod) {
        Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds() != null
                ? pod.getMetadata().getDeletionGracePeriodSeconds()
                : pod.getSpec().getTerminationGracePeriodSeconds();
        // Even who deletes by force lets the processes hear the signal.
        return seconds == null ? USUAL_GRACE : Duration.ofSeconds(Math.max(1, seconds));
    }

    /// Events may come late, after a list that was newer.
    private static boolean isNewer(Pod candidate, Pod known) {
        try {
            return Long.parseLong(candidate.getMetadata().getResourceVersion())
                    >= Long.parseLong(known.getMetadata().getResourceVersion());
        } catch (NumberFormatException opaque) {
            return true;
        }
    }

    private record Mail(Pod pod, boolean isGone, Optional<Duration> shutDown, Optional<EndOrder> order) {
        boolean isEnding() {
            return isGone || pod.getMetadata().getDeletionTimestamp() != null;
        }
    }
}
