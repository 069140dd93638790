package dev.longshore.apiserver.flow;

import java.util.concurrent.atomic.AtomicBoolean;

/// What a request holds while it is worked on. Closing gives it back; closing twice is harmless.
public final class Seat implements AutoCloseable {

    final FlowTally tally;
    final FairQueue queue;
    final int width;
    final double work;
    final long since;
    private final Level level;
    private final AtomicBoolean isGivenBack = new AtomicBoolean();

    Seat(Level level, FairQueue queue, FlowTally tally, int width, double work, long since) {
        this.level = level;
        this.queue = queue;
        this.tally = tally;
        this.width = width;
        this.work = work;
        this.since = since;
    }

    @Override
    public void close() {
        if (isGivenBack.compareAndSet(false, true)) {
            level.giveBack(this);
        }
    }
}
