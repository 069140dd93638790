package dev.longshore.kubelet.probes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// The probes of one running container, each on a thread of its own until closed. Until its startup probe has
/// succeeded a container counts as not started, is not ready, and its other probes hold still; then they begin at
/// once.
public final class ContainerProbes implements AutoCloseable {

    /// What cannot be found out is tried again at once, so often in all.
    private static final int TRIES = 3;

    private final Target target;
    private final Actions actions;
    private final Time time;
    private final Listener listener;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch started;
    private volatile boolean ready;
    private volatile Optional<Failure> failure = Optional.empty();

    /// Probes of `target`. One that is `adopted` was started by an earlier run and is taken as started and,
    /// until a probe says otherwise, as ready as it was (`wasReady`).
    public ContainerProbes(
            Target target, Actions actions, Time time, Listener listener, boolean adopted, boolean wasReady) {
        this.target = requireNonNull(target, "target");
        this.actions = requireNonNull(actions, "actions");
        this.time = requireNonNull(time, "time");
        this.listener = requireNonNull(listener, "listener");
        this.started = new CountDownLatch(adopted || target.container().getStartupProbe() == null ? 0 : 1);
        this.ready = wasReady || target.container().getReadinessProbe() == null;
    }

    /// Starts probing.
    public void start() {
        var container = target.container();
        if (!isStarted()) {
            launch(Kind.STARTUP, container.getStartupProbe());
        }
        launch(Kind.READINESS, container.getReadinessProbe());
        launch(Kind.LIVENESS, container.getLivenessProbe());
    }

    /// Whether it has come up.
    public boolean isStarted() {
        return started.getCount() == 0;
    }

    /// Whether it can serve.
    public boolean isReady() {
        return isStarted() && ready;
    }

    /// Why it must be started anew, if it must.
    public Optional<Failure> failure() {
        return failure;
    }

    /// Stops asking whether it lives; whether it can serve is still asked while it ends.
    public void stopLiveness() {
        threads.stream()
                .filter(thread -> !thread.getName().startsWith(Kind.READINESS.name()))
                .forEach(Thread::interrupt);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private void launch(Kind kind, Probe probe) {
        if (probe != null) {
            Action.of(probe)
                    .ifPresent(action -> threads.add(Thread.ofVirtual()
                            .name(kind + " probe of " + target.containerId())
                            .start(() -> loop(kind, probe, action))));
        }
    }

    private void loop(Kind kind, Probe probe, Action action) {
        Instant begun = time.now();
        try {
            if (kind != Kind.STARTUP) {
                started.await();
            }
            time.sleep(Duration.between(time.now(), begun.plus(seconds(probe.getInitialDelaySeconds(), 0))));
            var streak = new Streak(orElse(probe.getSuccessThreshold(), 1), orElse(probe.getFailureThreshold(), 3));
            while (!isOver(kind)) {
                long asked = time.nanoTime();
                Verdict verdict = ask(action, seconds(probe.getTimeoutSeconds(), 1));
                listener.asked(target, kind, verdict, time.nanoTime() - asked);
                if (verdict.outcome() != Verdict.Outcome.SUCCESS) {
                    listener.found(target, kind, verdict);
                }
                if (verdict.outcome() != Verdict.Outcome.UNKNOWN) {
                    streak.add(verdict.isSuccess());
                    settle(kind, probe, streak, verdict);
                }
                time.sleep(seconds(probe.getPeriodSeconds(), 10));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Verdict ask(Action action, Duration limit) throws InterruptedException {
        Verdict verdict = actions.run(action, target, limit);
        for (int i = 1; i < TRIES && verdict.outcome() == Verdict.Outcome.UNKNOWN; i++) {
            verdict = actions.run(action, target, limit);
        }
        return verdict;
    }

    private boolean isOver(Kind kind) {
        return failure.isPresent() || (kind == Kind.STARTUP && isStarted());
    }

    private void settle(Kind kind, Probe probe, Streak streak, Verdict verdict) {
        boolean changed =
                switch (kind) {
                    case STARTUP -> {
                        if (streak.isUp()) {
                            started.countDown();
                        }
                        yield streak.isUp() || fail(kind, probe, streak, verdict);
                    }
                    case LIVENESS -> fail(kind, probe, streak, verdict);
                    case READINESS -> {
                        boolean before = ready;
                        ready = streak.isUp() || (ready && !streak.isDown());
                        yield before != ready;
                    }
                };
        if (changed) {
            listener.changed();
        }
    }

    private boolean fail(Kind kind, Probe probe, Streak streak, Verdict verdict) {
        if (streak.isDown()) {
            failure = Optional.of(new Failure(
                    kind,
                    verdict.output(),
                    Optional.ofNullable(probe.getTerminationGracePeriodSeconds())
                            .map(Duration::ofSeconds)));
        }
        return streak.isDown();
    }

    private static Duration seconds(Integer value, int otherwise) {
        return Duration.ofSeconds(orElse(value, otherwise));
    }

    private static int orElse(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    /// Which question a probe answers.
    public enum Kind {
        STARTUP("Startup"),
        READINESS("Readiness"),
        LIVENESS("Liveness");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// As events spell it.
        public String word() {
            return word;
        }
    }

    /// Why a container must be started anew.
    ///
    /// @param grace in place of the pod's
    public record Failure(Kind kind, String output, Optional<Duration> grace) {}

    /// Hears what probes find; called on their threads.
    public interface Listener {
        /// One try took so long and went so.
        default void asked(Target target, Kind kind, Verdict verdict, long nanos) {}

        /// One try was not simply a success.
        void found(Target target, Kind kind, Verdict verdict);

        /// Started, ready or failure is not what it was.
        void changed();
    }

    /// How often in a row it went the same way.
    private static final class Streak {
        private final int enoughSuccesses;
        private final int enoughFailures;
        private int successes;
        private int failures;

        Streak(int enoughSuccesses, int enoughFailures) {
            this.enoughSuccesses = enoughSuccesses;
            this.enoughFailures = enoughFailures;
        }

        void add(boolean success) {
            successes = success ? successes + 1 : 0;
            failures = success ? 0 : failures + 1;
        }

        boolean isUp() {
            return successes >= enoughSuccesses;
        }

        boolean isDown() {
            return failures >= enoughFailures;
        }
    }
}
