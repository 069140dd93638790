package dev.longshore.apiserver.relay;

import dev.longshore.base.Time;
import java.time.Duration;

/// Interrupts the thread that began it when its time is over, but never after it was closed: the thread may do
/// other work then.
public final class Deadline implements AutoCloseable {

    private final Thread worker = Thread.currentThread();
    private Time.Timer timer = () -> {};
    private boolean isOver;
    private boolean isClosed;

    private Deadline() {}

    /// Begins now, for the calling thread.
    public static Deadline begin(Time time, Duration span) {
        var deadline = new Deadline();
        deadline.timer = time.schedule(span, deadline::expire);
        return deadline;
    }

    /// One that is never over.
    public static Deadline never() {
        return new Deadline();
    }

    /// True if it has interrupted its thread.
    public synchronized boolean isOver() {
        return isOver;
    }

    private synchronized void expire() {
        if (!isClosed) {
            isOver = true;
            worker.interrupt();
        }
    }

    /// The thread is free again, and not interrupted on this account.
    @Override
    public void close() {
        timer.cancel();
        synchronized (this) {
            isClosed = true;
            if (isOver) {
                Thread.interrupted();
            }
        }
    }
}
