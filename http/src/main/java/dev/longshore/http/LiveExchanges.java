package dev.longshore.http;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The requests that are being answered right now.
final class LiveExchanges {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Set<ExchangeRun> runs = new HashSet<>();

    void add(ExchangeRun run) {
        lock.lock();
        try {
            runs.add(run);
        } finally {
            lock.unlock();
        }
    }

    void remove(ExchangeRun run) {
        lock.lock();
        try {
            runs.remove(run);
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nothing is left, at most for `limit`; stops waiting when interrupted.
    void awaitNone(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!runs.isEmpty() && left > 0) {
                left = fewer.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void interruptAll() {
        List<ExchangeRun> all;
        lock.lock();
        try {
            all = List.copyOf(runs);
        } finally {
            lock.unlock();
        }
        all.forEach(ExchangeRun::peerGone);
    }
}
