package dev.longshore.apiserver.flow;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What became of the requests of one schema at one level. Thread-safe.
final class FlowTally {

    final String schema;
    final String level;
    final LongAdder dispatched = new LongAdder();
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger waitingSeats = new AtomicInteger();
    final AtomicInteger executing = new AtomicInteger();
    final AtomicInteger executingSeats = new AtomicInteger();
    final Histogram waited = new Histogram(Histogram.SECONDS);
    final Histogram waitedInVain = new Histogram(Histogram.SECONDS);
    final Histogram executed = new Histogram(Histogram.SECONDS);
    final Histogram seats = new Histogram(1, 2, 4, 10, 100);
    private final LongAdder[] refused = new LongAdder[Refusal.values().length];

    FlowTally(String schema, String level) {
        this.schema = schema;
        this.level = level;
        for (int i = 0; i < refused.length; i++) {
            refused[i] = new LongAdder();
        }
    }

    /// Why a request was sent away.
    enum Refusal {
        QUEUE_FULL,
        CONCURRENCY_LIMIT,
        TIME_OUT,
        CANCELLED;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    void refuse(Refusal why) {
        refused[why.ordinal()].increment();
    }

    long refused(Refusal why) {
        return refused[why.ordinal()].sum();
    }

    String labels() {
        return "flow_schema=\"%s\",priority_level=\"%s\"".formatted(schema, level);
    }
}
