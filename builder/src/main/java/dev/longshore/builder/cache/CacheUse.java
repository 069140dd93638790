package dev.longshore.builder.cache;

import dev.longshore.base.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/// One build's use of the remembered steps: what it found or added is not forgotten while it runs. Thread-safe.
public final class CacheUse implements AutoCloseable {

    private final CacheRecords records;
    private final Time time;
    private final SequencedSet<StepKey> used = new LinkedHashSet<>();
    private boolean isClosed;

    CacheUse(CacheRecords records, Time time) {
        this.records = records;
        this.time = time;
    }

    /// What the step with `key` came to, if it is known.
    public synchronized Optional<StepRecord> find(StepKey key) {
        Optional<StepRecord> found = records.pin(key);
        if (found.isPresent()) {
            usedOnce(key);
        }
        return found;
    }

    /// Remembers a step of this build.
    public synchronized void remember(StepKey key, StepRecord step) {
        records.remember(key, step, time.now());
        usedOnce(key);
    }

    /// What this build has used so far, in order.
    public synchronized List<UsedStep> steps() {
        var steps = new ArrayList<UsedStep>();
        for (StepKey key : used) {
            records.peek(key).ifPresent(step -> steps.add(new UsedStep(key, step)));
        }
        return steps;
    }

    private void usedOnce(StepKey key) {
        if (isClosed || !used.add(key)) {
            records.unpin(key);
        }
    }

    /// The build is over. A step counts as used a little later than those that followed it, so that these, which
    /// are worth nothing without it, go first.
    @Override
    public synchronized void close() {
        isClosed = true;
        Instant now = time.now().truncatedTo(ChronoUnit.MICROS).plusNanos(used.size());
        for (StepKey key : used) {
            now = now.minusNanos(1);
            records.release(key, now);
        }
        used.clear();
    }
}
