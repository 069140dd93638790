package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that comes up under names again and again. Each name is worked on by one thread at a time, a few names at
/// once; what comes up meanwhile is done once more afterwards. What failed is tried again, later each time.
///
/// ```
///   add ──► waiting ──► running ──► done: again after the pause that the task asks for, or not at all
///              ▲           │ failed, or came up meanwhile
///              └───────────┘
/// ```
///
/// Thread-safe. The names bound what is kept: whoever adds them sees to it that they are few.
final class Chores implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    private static final int MOST_DOUBLINGS = 30;

    private final String name;
    private final Time time;
    private final Backoff backoff;
    private final Task task;
    private final Semaphore hands;
    private final Map<String, State> states = new HashMap<>();
    private boolean isClosed;

    Chores(String name, int workers, Time time, Backoff backoff, Task task) {
        this.name = name;
        this.time = time;
        this.backoff = backoff;
        this.task = task;
        this.hands = new Semaphore(workers);
    }

    /// How long to wait after a failure, doubled with each.
    record Backoff(Duration first, Duration longest) {
        Duration after(int failures) {
            long factor = 1L << Math.min(failures - 1, MOST_DOUBLINGS);
            Duration pause = first.multipliedBy(factor);
            return pause.compareTo(longest) < 0 ? pause : longest;
        }
    }

    /// Does what is to be done under a name.
    @FunctionalInterface
    interface Task {
        /// After what pause it shall be done again; empty for not before somebody asks.
        ///
        /// @throws FailedException to have it tried again
        Optional<Duration> run(String name) throws FailedException, InterruptedException;
    }

    /// A task did not reach its end.
    static final class FailedException extends Exception {
        FailedException(String why) {
            super(why);
        }
    }

    private static final class State {
        boolean isRunning;
        boolean isAgain;
        int failures;
        Time.Timer timer = () -> {};
        Thread thread;
    }

    /// Something is to be done under `key`, at once.
    synchronized void add(String key) {
        if (isClosed) {
            return;
        }
        State state = states.computeIfAbsent(key, unseen -> new State());
        state.timer.cancel();
        if (state.isRunning) {
            state.isAgain = true;
            return;
        }
        state.isRunning = true;
        state.thread = Thread.ofVirtual().name(name + " " + key).start(() -> work(key, state));
    }

    /// As [#add], unless the last try failed: then what was planned stays.
    synchronized void remind(String key) {
        State state = states.get(key);
        if (state == null || state.failures == 0) {
            add(key);
        }
    }

    /// Something is to be done under `key`, in a while.
    synchronized void addAfter(String key, Duration pause) {
        if (!isClosed) {
            State state = states.computeIfAbsent(key, unseen -> new State());
            state.timer.cancel();
            state.timer = time.schedule(pause, () -> add(key));
        }
    }

    /// Nothing is planned under `key` any more, and no failure is remembered.
    synchronized void forget(String key) {
        State state = states.remove(key);
        if (state != null) {
            state.timer.cancel();
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        for (State state : states.values()) {
            state.timer.cancel();
            if (state.thread != null) {
                state.thread.interrupt();
            }
        }
        states.clear();
    }

    private void work(String key, State state) {
        try {
            boolean isMore = true;
            while (isMore) {
                hands.acquire();
                try {
                    isMore = once(key, state);
                } finally {
                    hands.release();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean once(String key, State state) throws InterruptedException {
        try {
            Optional<Duration> pause = task.run(key);
            return done(key, state, 0, pause);
        } catch (FailedException failed) {
            log.debug("{} {}: {}", name, key, failed.getMessage());
        } catch (RuntimeException failed) {
            log.warn("{} {} failed, will try again", name, key, failed);
        }
        int failures = state.failures + 1;
        return done(key, state, failures, Optional.of(backoff.after(failures)));
    }

    /// True if it is to be done once more, at once.
    private synchronized boolean done(String key, State state, int failures, Optional<Duration> pause) {
        state.failures = failures;
        boolean isKept = !isClosed && states.get(key) == state;
        if (isKept && state.isAgain) {
            state.isAgain = false;
            return true;
        }
        state.isRunning = false;
        state.thread = null;
        if (isKept && pause.isPresent()) {
            state.timer = time.schedule(pause.get(), () -> add(key));
        }
        return false;
    }
}
