package dev.longshore.base;

import java.time.Duration;
import java.time.Instant;

/// The only source of now, delays and timers. Everything that waits or stamps takes one through its
/// constructor, so a test can move time by hand ([ManualTime]). Implementations are thread-safe.
public interface Time {

    /// The wall clock: for stamps that people or the wire see. May jump.
    Instant now();

    /// A monotonic reading in nanoseconds: for measuring spans. Only differences have meaning.
    long nanoTime();

    /// Blocks the calling thread for `span`; returns at once when it is zero or negative.
    void sleep(Duration span) throws InterruptedException;

    /// Runs `task` once after `delay`, on a virtual thread of its own. A task that throws is logged, never
    /// rethrown.
    Timer schedule(Duration delay, Runnable task);

    /// A pending task.
    interface Timer {
        /// Prevents the task from starting if it has not started; harmless otherwise.
        void cancel();
    }

    /// The machine's own time.
    static Time system() {
        return SystemTime.INSTANCE;
    }
}
