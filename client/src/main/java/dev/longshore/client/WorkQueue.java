package dev.longshore.client;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keys that wait to be worked on, each at most once: adding a key that waits changes nothing, adding one that
/// is being worked on makes it wait again when it is done. So the queue never holds more keys than there are
/// objects. Thread-safe.
///
/// ```
/// add ──► waiting ──take──► working ──done──► gone, or waiting again if it was added meanwhile
///           ▲
/// addAfter, retry ── after a delay
/// ```
public final class WorkQueue implements AutoCloseable {

    private static final Duration FIRST_DELAY = Duration.ofMillis(5);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 20;

    private final Time time;
    private final Deque<String> waiting = new ArrayDeque<>();
    private final Set<String> dirty = new HashSet<>();
    private final Set<String> working = new HashSet<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Delayed> delayed = new HashMap<>();
    private boolean isClosed;

    /// An empty queue whose delays run on `time`.
    public WorkQueue(Time time) {
        this.time = time;
    }

    /// Puts `key` in line.
    public synchronized void add(String key) {
        if (isClosed || !dirty.add(key)) {
            return;
        }
        if (!working.contains(key)) {
            waiting.addLast(key);
            notifyAll();
        }
    }

    /// Puts `key` in line after `delay`; of several delays the earliest counts.
    public synchronized void addAfter(String key, Duration delay) {
        if (isClosed) {
            return;
        }
        if (delay.isZero() || delay.isNegative()) {
            add(key);
            return;
        }
        long due = time.nanoTime() + delay.toNanos();
        Delayed present = delayed.get(key);
        if (present != null) {
            if (present.due - due <= 0) {
                return;
            }
            present.timer.cancel();
        }
        delayed.put(key, new Delayed(due, time.schedule(delay, () -> ripen(key, due))));
    }

    /// Puts `key` in line after a delay that doubles with each failure in a row, from 5 ms to 5 min.
    public synchronized void retry(String key) {
        int count = failures.merge(key, 1, Integer::sum);
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
        addAfter(key, delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay);
    }

    /// Forgets the failures of `key`.
    public synchronized void forget(String key) {
        failures.remove(key);
    }

    /// The next key, which is being worked on until [#done]; waits for one; empty when the queue is closed.
    public synchronized Optional<String> take() throws InterruptedException {
        while (waiting.isEmpty() && !isClosed) {
            wait();
        }
        if (isClosed) {
            return Optional.empty();
        }
        String key = waiting.removeFirst();
        dirty.remove(key);
        working.add(key);
        return Optional.of(key);
    }

    /// `key` is no longer worked on.
    public synchronized void done(String key) {
        working.remove(key);
        if (dirty.contains(key) && !isClosed) {
            waiting.addLast(key);
            notifyAll();
        }
    }

    /// How many keys are in line now.
    public synchronized int size() {
        return waiting.size();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        delayed.values().forEach(entry -> entry.timer.cancel());
        delayed.clear();
        notifyAll();
    }

    private synchronized void ripen(String key, long due) {
        Delayed entry = delayed.get(key);
        if (entry != null && entry.due == due) {
            delayed.remove(key);
            add(key);
        }
    }

    private record Delayed(long due, Time.Timer timer) {}
}
