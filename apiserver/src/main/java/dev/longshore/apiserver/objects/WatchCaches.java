package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.WatchQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The watch caches: one for each resource that somebody lists or watches, all fed by one watch of the whole
/// store on one thread. So there is one revision up to which all of them are complete, and a list that must be
/// as fresh as the store waits for that.
///
/// ```
///   Store ─► watch of all keys ─► Feed ─┬─► WatchCache pods  ─► subscriptions
///                                       ├─► WatchCache nodes ─► subscriptions
///                                       └─► applied revision ─► lists that wait
/// ```
public final class WatchCaches implements AutoCloseable {

    private final Store store;
    private final CacheLimits limits;
    private Optional<Feed> current = Optional.empty();
    private boolean closed;

    /// Over `store`. Begins with the first who asks.
    public WatchCaches(Store store) {
        this(store, CacheLimits.USUAL);
    }

    WatchCaches(Store store, CacheLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    /// The newest state of a resource that the caches have.
    public Snapshot newest(Keys keys, List<FieldPath> indexes) {
        return feed().cache(keys, indexes).newest();
    }

    /// A state of a resource that is not older than `revision`; empty if there is none within `limit`.
    public Optional<Snapshot> notOlder(Keys keys, List<FieldPath> indexes, long revision, Duration limit)
            throws InterruptedException {
        Feed feed = feed();
        // Filling reads the store: what it finds may be new enough without waiting.
        WatchCache cache = feed.cache(keys, indexes);
        Snapshot now = cache.newest();
        if (now.revision() >= revision) {
            return Optional.of(now);
        }
        return feed.await(revision, limit) ? Optional.of(cache.newest()) : Optional.empty();
    }

    /// The state of a resource at exactly `revision`, if it is remembered.
    public Optional<Snapshot> at(Keys keys, List<FieldPath> indexes, long revision) {
        return feed().cache(keys, indexes).at(revision);
    }

    /// Subscribes to the changes of a resource after the revision `after`.
    ///
    /// @throws FaultException with [Fault.Expired] when the store has forgotten them
    public Subscription subscribe(Keys keys, List<FieldPath> indexes, Interest interest, long after) {
        WatchCache cache = feed().cache(keys, indexes);
        var subscription = new Subscription(cache, interest, after);
        if (cache.join(subscription)) {
            return subscription;
        }
        try {
            long oldest = store.compactedRevision();
            // The first event after a compaction may lack the version before it.
            if (after < oldest) {
                throw tooOld(after, oldest);
            }
            var query = new WatchQuery(range(keys, interest), after + 1, true);
            subscription.begin(new Past(store.watch(query), after));
            return subscription;
        } catch (StoreException refused) {
            if (refused.fault() instanceof StoreFault.Compacted(long _, long oldest)) {
                throw tooOld(after, oldest);
            }
            throw ObjectStore.fault(refused);
        }
    }

    /// False if the caches have not heard, within `limit`, of what the store has now.
    public boolean keepsUp(Duration limit) throws InterruptedException {
        Optional<Feed> feed;
        synchronized (this) {
            feed = current;
        }
        return feed.isEmpty() || feed.get().await(store.revision(), limit);
    }

    /// Forgets the cache of a resource and ends whoever watches it: what is known of its objects has changed. Who
    /// comes next fills another one.
    public void drop(Keys keys) {
        Optional<Feed> feed;
        synchronized (this) {
            feed = current;
        }
        feed.ifPresent(running -> running.drop(keys));
    }

    /// What was last heard of the object under `key`, if its resource is in a cache.
    Optional<StoredObject> glance(Key key) {
        Optional<Feed> feed;
        synchronized (this) {
            feed = current;
        }
        return feed.flatMap(running -> running.cacheOf(key)).flatMap(cache -> cache.get(key));
    }

    /// Ends every subscription.
    @Override
    public void close() {
        Optional<Feed> last;
        synchronized (this) {
            closed = true;
            last = current;
        }
        last.ifPresent(feed -> feed.end(Optional.empty()));
    }

    private static KeyRange range(Keys keys, Interest interest) {
        return switch (interest) {
            case Interest.Everything _, Interest.Field _ -> keys.range("");
            case Interest.Namespace(String name) -> keys.range(name);
            case Interest.Single(Key key) -> KeyRange.single(key);
        };
    }

    private static FaultException tooOld(long after, long oldest) {
        return new FaultException(new Fault.Expired("too old resource version: %d (%d)".formatted(after, oldest)));
    }

    private synchronized Feed feed() {
        if (closed) {
            throw new FaultException(new Fault.Unavailable("the server is shutting down"));
        }
        if (current.isEmpty()) {
            Feed fresh = fed();
            current = Optional.of(fresh);
            Thread.ofPlatform().daemon().name("watch-cache").start(fresh);
        }
        return current.get();
    }

    private Feed fed() {
        try {
            return new Feed(store, limits, this::forget);
        } catch (StoreException refused) {
            throw ObjectStore.fault(refused);
        }
    }

    private synchronized void forget(Feed feed) {
        if (current.equals(Optional.of(feed))) {
            current = Optional.empty();
        }
    }
}
