package dev.longshore.network;

import dev.longshore.network.view.Range;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// This node's share of the pod range, which the cluster may only tell after the node has started.
final class PodRange {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition known = lock.newCondition();
    private Optional<Range> range = Optional.empty();

    void set(Range now) {
        lock.lock();
        try {
            range = Optional.of(now);
            known.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Optional<Range> now() {
        lock.lock();
        try {
            return range;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for it, up to `limit`.
    Optional<Range> await(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (range.isEmpty() && left > 0) {
                left = known.awaitNanos(left);
            }
            return range;
        } finally {
            lock.unlock();
        }
    }
}
