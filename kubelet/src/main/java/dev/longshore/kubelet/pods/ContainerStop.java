package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Ends one container: its preStop hook, then, when its turn has come, the stop signal, then, when the grace is
/// over, the kill. Runs aside; a shorter grace that comes later cuts the wait.
final class ContainerStop {

    /// What any container gets to end by itself, however much of the grace is used up.
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Containers containers;
    private final Time time;
    private final String id;
    private final Optional<Background.Work> preStop;
    private final Runnable whenDone;
    private final Instant begun;
    private final CountDownLatch turn;
    private Instant deadline;
    private Background work;

    /// @param waits whether the signal waits for [#begin], or for the end of the grace
    ContainerStop(
            Containers containers,
            Time time,
            String id,
            Duration grace,
            Optional<Background.Work> preStop,
            boolean waits,
            Runnable whenDone) {
        this.containers = containers;
        this.time = time;
        this.id = id;
        this.preStop = preStop;
        this.whenDone = whenDone;
        this.begun = time.now();
        this.turn = new CountDownLatch(waits ? 1 : 0);
        this.deadline = begun.plus(grace);
        Instant until = deadline;
        this.work = Background.start("stop " + id, () -> stop(grace, until), whenDone);
    }

    /// Its turn has come.
    void begin() {
        turn.countDown();
    }

    /// Makes sure that it is over when `grace` has passed since the stop began.
    void within(Duration grace) throws InterruptedException {
        Instant wanted = begun.plus(grace);
        if (!wanted.isBefore(deadline) || work.isDone()) {
            return;
        }
        deadline = wanted;
        work.cancel();
        // The runtime wants the calls about one container one after the other.
        work.join();
        work = Background.start("stop " + id, () -> signal(wanted), whenDone);
    }

    private Optional<String> stop(Duration grace, Instant until) throws InterruptedException {
        if (preStop.isPresent() && grace.isPositive()) {
            preStop.get().run();
        }
        return signal(until);
    }

    private Optional<String> signal(Instant until) throws InterruptedException {
        Time.Timer late = time.schedule(Duration.between(time.now(), until), turn::countDown);
        try {
            turn.await();
        } finally {
            late.cancel();
        }
        Duration left = Duration.between(time.now(), until);
        containers.stop(id, left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
        return Optional.empty();
    }

    /// Whether the runtime has given an answer, so that a container that still runs is one that it could not
    /// stop; and whether that was long enough ago to ask again.
    boolean isToRepeat() {
        return work.isDone() && !time.now().isBefore(begun.plus(PAUSE));
    }
}
