package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Ends one container: its preStop hook, then the stop signal, then, when the grace is over, the kill. Runs
/// aside; a shorter grace that comes later cuts the wait.
final class ContainerStop {

    /// What is left after a preStop hook that has used up the grace.
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Containers containers;
    private final Time time;
    private final String id;
    private final Optional<Background.Work> preStop;
    private final Runnable whenDone;
    private final Instant begun;
    private Instant deadline;
    private Background work;

    ContainerStop(
            Containers containers,
            Time time,
            String id,
            Duration grace,
            Optional<Background.Work> preStop,
            Runnable whenDone) {
        this.containers = containers;
        this.time = time;
        this.id = id;
        this.preStop = preStop;
        this.whenDone = whenDone;
        this.begun = time.now();
        this.deadline = begun.plus(grace);
        this.work = Background.start("stop " + id, () -> stop(grace), whenDone);
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
        work = Background.start("stop " + id, () -> signal(left()), whenDone);
    }

    private Optional<String> stop(Duration grace) throws InterruptedException {
        if (preStop.isPresent() && grace.isPositive()) {
            preStop.get().run();
            Duration left = left();
            return signal(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
        }
        return signal(grace);
    }

    private Optional<String> signal(Duration grace) throws InterruptedException {
        containers.stop(id, grace.isNegative() ? Duration.ZERO : grace);
        return Optional.empty();
    }

    private Duration left() {
        return Duration.between(time.now(), deadline);
    }

    /// Whether the runtime has given an answer, so that a container that still runs is one that it could not
    /// stop; and whether that was long enough ago to ask again.
    boolean isToRepeat() {
        return work.isDone() && !time.now().isBefore(begun.plus(PAUSE));
    }
}
