package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the store forget, every five minutes, what is older than five minutes: clients that list in pieces or
/// watch from a revision have so long, as with kube-apiserver.
public final class Compactor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Compactor.class);
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final Store store;
    private final Time time;
    private Time.Timer timer = () -> {};
    private boolean closed;

    /// Over `store`, which it does not close.
    public Compactor(Store store, Time time) {
        this.store = store;
        this.time = time;
    }

    /// Begins: the first time in ten minutes at the latest.
    public void start() {
        schedule(store.revision());
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
                    INTERVAL, () -> Thread.ofVirtual().name("compactor").start(() -> compact(revision)));
        }
    }

    private void compact(long revision) {
        try {
            if (revision > store.compactedRevision()) {
                store.compact(revision);
            }
        } catch (StoreException refused) {
            switch (refused.fault()) {
                case StoreFault.Closed _ -> close();
                case StoreFault why -> log.warn("the store could not forget: {}", why.message());
            }
        } finally {
            schedule(store.revision());
        }
    }
}
