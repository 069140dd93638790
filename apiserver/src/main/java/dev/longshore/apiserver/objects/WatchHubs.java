package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The hubs, one for each range that somebody watched.
public final class WatchHubs implements AutoCloseable {

    private final Store store;
    private final Map<KeyRange, WatchHub> hubs = new HashMap<>();
    private boolean closed;

    /// Over `store`.
    public WatchHubs(Store store) {
        this.store = store;
    }

    /// Subscribes to the changes in `range` after the revision `after`.
    ///
    /// @throws FaultException with [Fault.Expired] when the store has forgotten them
    public Subscription subscribe(KeyRange range, long after) {
        Optional<Subscription> joined = current(range).flatMap(hub -> hub.join(after));
        if (joined.isPresent()) {
            return joined.get();
        }
        try {
            WatchHub own = WatchHub.start(store, range, after, true);
            return own.join(after).orElseThrow(() -> new FaultException(new Fault.Unavailable("the watch broke")));
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
        WatchHub fresh = WatchHub.start(store, range, store.revision(), false);
        synchronized (this) {
            WatchHub other = hubs.get(range);
            if (!closed && (other == null || other.isClosed())) {
                hubs.put(range, fresh);
                return Optional.of(fresh);
            }
        }
        // Somebody was quicker, or the end came.
        fresh.close(Optional.empty());
        return Optional.empty();
    }

    @Override
    public void close() {
        Map<KeyRange, WatchHub> all;
        synchronized (this) {
            closed = true;
            all = Map.copyOf(hubs);
            hubs.clear();
        }
        all.values().forEach(hub -> hub.close(Optional.empty()));
    }
}
