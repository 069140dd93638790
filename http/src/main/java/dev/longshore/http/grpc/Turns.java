package dev.longshore.http.grpc;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Where the library's callbacks meet threads that block: what has come in, whether more may go out, whether it is
/// over. Callbacks only note and wake, so they may run anywhere. One message is asked for at a time: this is the
/// bound of what waits.
final class Turns<I> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final ArrayDeque<I> arrived = new ArrayDeque<>();
    private boolean isLast;
    private GrpcException failure;

    void arrive(I message) {
        note(() -> arrived.add(message));
    }

    void end() {
        note(() -> isLast = true);
    }

    void fail(GrpcException why) {
        note(() -> {
            isLast = true;
            failure = failure == null ? why : failure;
        });
    }

    /// Something has changed that is kept elsewhere: the peer's window.
    void wake() {
        note(() -> {});
    }

    /// The next message, as soon as it is here; empty after the last.
    Optional<I> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (arrived.isEmpty() && !isLast) {
                change.await();
            }
            if (arrived.isEmpty() && failure != null) {
                throw again(failure);
            }
            return Optional.ofNullable(arrived.poll());
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `isReady`, or the call is over.
    ///
    /// @return whether it is ready
    /// @throws GrpcException when it has failed
    boolean awaitReady(BooleanSupplier isReady, BooleanSupplier isOver) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isReady.getAsBoolean() && failure == null && !isOver.getAsBoolean()) {
                change.await();
            }
            if (failure != null) {
                throw again(failure);
            }
            return !isOver.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    private void note(Runnable fact) {
        lock.lock();
        try {
            fact.run();
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Each thread that meets the failure gets an exception with its own stack.
    private static GrpcException again(GrpcException failure) {
        return new GrpcException(failure.code(), failure.getMessage(), failure);
    }
}
