package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the store forget, every so often (five minutes, unless told otherwise), what is older than that: clients that
/// list in pieces or watch from a revision have so long, as with kube-apiserver.
public final class Compactor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Compactor.class);

    /// As usual.
    public static final Duration USUAL = Duration.ofMinutes(5);

    private final Store store;
    private final Time time;
    private final Duration interval;
    private Time.Timer timer = () -> {};
    private boolean closed;

    /// Over `store`, which it does not close.
    ///
    /// @param interval zero for never
    public Compactor(Store store, Time time, Duration interval) {
        this.store = store;
        this.time = time;
        this.interval = interval;
    }

    /// Begins: what is written before is forgotten after two intervals at the latest.
    public void start() {
        if (interval.isPositive()) {
            schedule(store.revision());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        timer.cancel();
    }

    private synchronized void schedule(long revision) {
        if (!closed) {
            // Timers must not block, and compaction does.
            timer = time.schedule(
                    interval, () -> Thread.ofVirtual().name("compactor").start(() -> compact(revision)));
        }
    }

    /// A store that does not answer now is asked again after an interval. Of several servers over one store all do so,
    /// and none forgets what is younger than an interval.
    private void compact(long revision) {
        long next = revision;
        try {
            next = store.revision();
            if (revision > store.compactedRevision()) {
                store.compact(revision);
            }
        } catch (StoreException refused) {
            switch (refused.fault()) {
                case StoreFault.Closed _ -> close();
                case StoreFault.Compacted _ -> log.debug("another server was quicker");
                case StoreFault why -> log.warn("the store could not forget: {}", why.message());
            }
        } finally {
            schedule(next);
        }
    }
}
