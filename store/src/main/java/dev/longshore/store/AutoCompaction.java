package dev.longshore.store;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a store forget by itself what its [Retention] does not keep, at the pace of etcd: by age it looks ten times in
/// that age, but at least every six minutes, and forgets at most once an hour; by revisions every five minutes.
public final class AutoCompaction implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AutoCompaction.class);
    private static final Duration BY_REVISIONS = Duration.ofMinutes(5);
    private static final Duration RAREST = Duration.ofHours(1);
    private static final Duration SOONEST = Duration.ofSeconds(1);
    private static final int LOOKS = 10;

    private final Store store;
    private final Retention retention;
    private final Time time;
    private final Deque<Seen> seen = new ArrayDeque<>();
    private long forgotAt;
    private Time.Timer timer = () -> {};
    private boolean isClosed;

    /// Over `store`, which it does not close.
    public AutoCompaction(Store store, Retention retention, Time time) {
        this.store = store;
        this.retention = retention;
        this.time = time;
    }

    /// Begins, unless everything is kept.
    public void start() {
        forgotAt = time.nanoTime();
        if (!(retention instanceof Retention.All)) {
            look();
        }
    }

    /// Whatever comes of it, there is a next time.
    private void look() {
        try {
            switch (retention) {
                case Retention.All() -> {}
                case Retention.Age(Duration age) -> byAge(age);
                case Retention.Last(long count) -> forget(store.revision() - count);
            }
        } catch (StoreException refused) {
            switch (refused.fault()) {
                case StoreFault.Closed _ -> close();
                case StoreFault why -> log.warn("the store could not forget: {}", why.message());
            }
        } finally {
            schedule();
        }
    }

    private static Duration rhythm(Duration age) {
        return age.compareTo(RAREST) < 0 ? age : RAREST;
    }

    /// Forgets up to the newest revision that is known to be so old.
    private void byAge(Duration age) {
        long now = time.nanoTime();
        seen.add(new Seen(now, store.revision()));
        Seen old = seen.peek();
        if (now - forgotAt < rhythm(age).toNanos() || now - old.at < age.toNanos()) {
            return;
        }
        while (!seen.isEmpty() && now - seen.peek().at >= age.toNanos()) {
            old = seen.remove();
        }
        forgotAt = now;
        forget(old.revision);
    }

    private void forget(long revision) {
        if (revision > store.compactedRevision()) {
            store.compact(revision);
            log.debug("the store forgot what was before revision {}", revision);
        }
    }

    private synchronized void schedule() {
        if (!isClosed) {
            timer = time.schedule(pause(), this::look);
        }
    }

    private Duration pause() {
        return switch (retention) {
            case Retention.Age(Duration age) -> {
                Duration part = rhythm(age).dividedBy(LOOKS);
                yield part.compareTo(SOONEST) < 0 ? SOONEST : part;
            }
            case Retention.All(), Retention.Last(long _) -> BY_REVISIONS;
        };
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.cancel();
    }

    /// @param revision the newest at that time
    private record Seen(long at, long revision) {}
}
