package dev.longshore.apiserver.objects;

import dev.longshore.base.Time;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The store's leases on which objects hang that expire. All that is written within a short while shares one,
/// so that thousands of events need few leases: an object lives at least as long as it should, and at most a
/// twentieth longer. Thread-safe.
public final class ExpiryLeases {

    /// Never waits longer than this to begin a new lease.
    private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);
    private static final int SHARE = 20;

    /// A lease that ends takes all of its objects with it in one revision, which should stay small.
    private static final int MOST_OBJECTS = 1000;

    private final Store store;
    private final Time time;
    private final Map<Duration, Current> current = new HashMap<>();

    /// Leases of `store`.
    public ExpiryLeases(Store store, Time time) {
        this.store = store;
        this.time = time;
    }

    private record Current(long lease, long begun, int objects) {}

    /// The lease for an object that is written now and is to live for `ttl`.
    ///
    /// @throws dev.longshore.model.FaultException when the store grants none
    public synchronized long lease(Duration ttl) {
        Duration share = ttl.dividedBy(SHARE);
        Duration window = share.compareTo(LONGEST_WINDOW) < 0 ? share : LONGEST_WINDOW;
        Current known = current.get(ttl);
        long now = time.nanoTime();
        boolean isUsable = known != null && known.objects < MOST_OBJECTS && now - known.begun < window.toNanos();
        Current used = isUsable
                ? new Current(known.lease, known.begun, known.objects + 1)
                : new Current(granted(ttl.plus(window)), now, 1);
        current.put(ttl, used);
        return used.lease;
    }

    private long granted(Duration ttl) {
        try {
            return store.grant(0, ttl).id();
        } catch (StoreException refused) {
            throw ObjectStore.fault(refused);
        }
    }
}
