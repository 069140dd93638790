package dev.longshore.kinds.kit;

import java.util.concurrent.atomic.AtomicLong;

/// Counts writes, so that whoever keeps something computed from what is written knows when it is old.
/// Thread-safe.
public final class Changes {

    private final AtomicLong count = new AtomicLong();

    /// Something was written.
    public void happened() {
        count.incrementAndGet();
    }

    /// How many writes there have been.
    public long count() {
        return count.get();
    }
}
