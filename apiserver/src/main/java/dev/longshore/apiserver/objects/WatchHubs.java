package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The hubs: one for each range that somebody watched, and those that read history for one watcher each. Its
/// lock is never held while a hub's is taken.
public final class WatchHubs implements AutoCloseable {

    private final Store store;
    private final Map<KeyRange, WatchHub> hubs = new HashMap<>();
    private final Set<WatchHub> open = new HashSet<>();
    private boolean closed;

    /// Over `store`.
    public WatchHubs(Store store) {
        this.store = store;
    }

    /// Subscribes to the changes in `range` after the revision `after`.
    ///
    /// @throws FaultException with [Fault.Expired] when the store has forgotten them
    public Subscription subscribe(KeyRange range, long after) {
        try {
            Optional<Subscription> joined = current(range).flatMap(hub -> hub.join(after));
            if (joined.isPresent()) {
                return joined.get();
            }
            WatchHub own = WatchHub.open(store, range, after, true, this::forget);
            Subscription only = own.join(after).orElseThrow();
            start(own);
            return only;
        } catch (StoreException refused) {
            if (refused.fault() instanceof StoreFault.Compacted(long asked, long oldest)) {
                throw new FaultException(
                        new Fault.Expired("too old resource version: %d (%d)".formatted(asked - 1, oldest)), refused);
            }
            throw ObjectStore.fault(refused);
        }
    }

    /// The shared hub of `range`, started now if there is none that works.
    private Optional<WatchHub> current(KeyRange range) {
        synchronized (this) {
            if (closed) {
                throw new FaultException(new Fault.Unavailable("the server is shutting down"));
            }
            WatchHub hub = hubs.get(range);
            if (hub != null && !hub.isClosed()) {
                return Optional.of(hub);
            }
        }
        WatchHub fresh = WatchHub.open(store, range, store.revision(), false, this::forget);
        WatchHub chosen;
        synchronized (this) {
            WatchHub other = hubs.get(range);
            boolean isFirst = other == null || other.isClosed();
            if (isFirst) {
                hubs.put(range, fresh);
            }
            chosen = isFirst ? fresh : other;
        }
        if (chosen == fresh) {
            start(fresh);
        } else {
            fresh.close(Optional.empty());
        }
        return Optional.of(chosen);
    }

    private void start(WatchHub hub) {
        boolean isLate;
        synchronized (this) {
            isLate = closed;
            open.add(hub);
        }
        hub.start();
        if (isLate) {
            hub.close(Optional.empty());
        }
    }

    private synchronized void forget(WatchHub hub) {
        open.remove(hub);
    }

    @Override
    public void close() {
        Set<WatchHub> all;
        synchronized (this) {
            closed = true;
            all = Set.copyOf(open);
            hubs.clear();
        }
        all.forEach(hub -> hub.close(Optional.empty()));
    }
}
