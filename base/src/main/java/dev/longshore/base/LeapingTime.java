package dev.longshore.base;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A clock that flows as the one beneath it and can be told to leap: whole programs run on it, and whoever tests
/// them need not wait for what takes minutes. Timers and sleepers whose time a leap passes come at once, in order
/// of their due time, but after the leap: they see the time at its end. Thread-safe.
public final class LeapingTime implements Time {

    private final Time beneath;
    private final Set<Pending> pending = new HashSet<>();
    private Duration ahead = Duration.ZERO;

    /// Agrees with `beneath` until the first leap.
    public LeapingTime(Time beneath) {
        this.beneath = beneath;
    }

    @Override
    public synchronized Instant now() {
        return beneath.now().plus(ahead);
    }

    @Override
    public synchronized long nanoTime() {
        return beneath.nanoTime() + ahead.toNanos();
    }

    @Override
    public void sleep(Duration span) throws InterruptedException {
        if (!span.isPositive()) {
            return;
        }
        var over = new CountDownLatch(1);
        Timer timer = schedule(span, over::countDown);
        try {
            over.await();
        } finally {
            timer.cancel();
        }
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable task) {
        var timer = new Pending(nanoTime() + delay.toNanos(), task);
        pending.add(timer);
        arm(timer);
        return () -> cancel(timer);
    }

    /// Moves the clock forward by `span` at once.
    ///
    /// @throws IllegalArgumentException for one that leads back
    public synchronized void leap(Duration span) {
        if (span.isNegative()) {
            throw new IllegalArgumentException("a leap back by " + span);
        }
        ahead = ahead.plus(span);
        long now = nanoTime();
        List<Pending> inOrder = pending.stream()
                .sorted(Comparator.comparingLong(timer -> timer.due - now))
                .toList();
        inOrder.forEach(timer -> timer.armed.cancel());
        inOrder.forEach(this::arm);
    }

    private void arm(Pending timer) {
        long left = Math.max(0, timer.due - nanoTime());
        timer.armed = beneath.schedule(Duration.ofNanos(left), () -> ring(timer));
    }

    private void ring(Pending timer) {
        boolean isWanted;
        synchronized (this) {
            isWanted = pending.remove(timer);
        }
        if (isWanted) {
            timer.task.run();
        }
    }

    private synchronized void cancel(Pending timer) {
        if (pending.remove(timer)) {
            timer.armed.cancel();
        }
    }

    /// Known by identity: two of them may be due at once.
    private static final class Pending {
        private final long due;
        private final Runnable task;
        private Timer armed;

        Pending(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }
    }
}
