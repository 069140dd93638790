package dev.longshore.base;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/// A clock that stands still until [#advance] moves it: for tests and simulations. Timers run on the thread
/// that advances, in order of their due time; sleepers wake when their time has come.
public final class ManualTime implements Time {

    private final PriorityQueue<Pending> pending =
            new PriorityQueue<>(Comparator.comparing((Pending p) -> p.due).thenComparingLong(p -> p.order));
    private Instant now;
    private long scheduled;

    /// Starts at `start`.
    public ManualTime(Instant start) {
        this.now = start;
    }

    /// Starts at midnight of 2026-01-01 UTC.
    public ManualTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public synchronized void sleep(Duration span) throws InterruptedException {
        Instant until = now.plus(span);
        while (now.isBefore(until)) {
            wait();
        }
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable task) {
        var timer = new Pending(now.plus(delay), scheduled++, task);
        pending.add(timer);
        return () -> cancel(timer);
    }

    /// How many timers wait, so that a test can tell when one has been set.
    public synchronized int timers() {
        return pending.size();
    }

    /// Moves the clock forward by `span`, running every timer that falls due on the way.
    public void advance(Duration span) {
        Instant target = now().plus(span);
        for (var next = nextDue(target); next.isPresent(); next = nextDue(target)) {
            next.get().task.run();
        }
        synchronized (this) {
            now = target;
            notifyAll();
        }
    }

    private synchronized void cancel(Pending timer) {
        pending.remove(timer);
    }

    private synchronized Optional<Pending> nextDue(Instant target) {
        if (pending.isEmpty() || pending.peek().due.isAfter(target)) {
            return Optional.empty();
        }
        Pending next = pending.poll();
        if (next.due.isAfter(now)) {
            now = next.due;
            notifyAll();
        }
        return Optional.of(next);
    }

    private record Pending(Instant due, long order, Runnable task) {}
}
