package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One watch of the whole store, and the caches that it fills. When it breaks (the store forgot what came next,
/// or closes) its caches end with it: their subscribers are told, and [WatchCaches] makes another feed.
final class Feed implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Feed.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final KeyRange ALL = new KeyRange(Key.of(""), Optional.empty());

    private final Store store;
    private final Watcher watcher;
    private final CacheLimits limits;
    private final Consumer<Feed> onEnd;
    /// By prefix: those being filled, and those that get what happens. Fed first, then filled.
    private final ConcurrentSkipListMap<Key, CompletableFuture<WatchCache>> filled = new ConcurrentSkipListMap<>();

    private final ConcurrentSkipListMap<Key, WatchCache> fed = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progressed = lock.newCondition();
    private volatile long applied;
    private volatile boolean ended;

    Feed(Store store, CacheLimits limits, Consumer<Feed> onEnd) {
        this.limits = limits;
        this.store = store;
        this.onEnd = onEnd;
        this.applied = store.revision();
        this.watcher = store.watch(new WatchQuery(ALL, applied + 1, false));
    }

    /// Waits until everything up to `revision` has been applied; false if that takes longer than `limit`.
    boolean await(long revision, Duration limit) throws InterruptedException {
        if (applied >= revision) {
            return true;
        }
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (applied < revision && !ended && left > 0) {
                left = progressed.awaitNanos(left);
            }
            return applied >= revision;
        } finally {
            lock.unlock();
        }
    }

    /// The cache of the resource under `keys`, filled now if it is not there yet.
    WatchCache cache(Keys keys, List<FieldPath> indexes) {
        Key prefix = keys.range("").start();
        CompletableFuture<WatchCache> known = filled.get(prefix);
        if (known == null) {
            var mine = new CompletableFuture<WatchCache>();
            known = filled.putIfAbsent(prefix, mine);
            if (known == null) {
                fill(mine, prefix, new WatchCache(keys, indexes, () -> applied, limits));
                known = mine;
            }
        }
        try {
            return known.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof FaultException fault ? fault : failed;
        }
    }

    /// Ends the cache of the resource under `keys`, if there is one.
    void drop(Keys keys) {
        Key prefix = keys.range("").start();
        filled.remove(prefix);
        WatchCache gone = fed.remove(prefix);
        if (gone != null) {
            gone.close(Optional.empty());
        }
    }

    /// The cache that the object under `key` is in, if there is one.
    Optional<WatchCache> cacheOf(Key key) {
        Map.Entry<Key, WatchCache> near = fed.floorEntry(key);
        boolean isIn = near != null && key.startsWith(near.getKey());
        return isIn ? Optional.of(near.getValue()) : Optional.empty();
    }

    @Override
    public void run() {
        Optional<Fault> why = Optional.empty();
        try {
            while (!ended) {
                watcher.next(PATIENCE).ifPresent(this::apply);
            }
        } catch (StoreException broken) {
            why = Past.ending(broken.fault());
            if (!(broken.fault() instanceof StoreFault.Closed)) {
                log.warn("the watch cache begins anew: {}", broken.getMessage());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            log.error("the watch cache begins anew", bug);
        } finally {
            end(why);
        }
    }

    /// Whatever happened: nobody may go on waiting for a feed that has stopped.
    void end(Optional<Fault> why) {
        onEnd.accept(this);
        lock.lock();
        try {
            ended = true;
            progressed.signalAll();
        } finally {
            lock.unlock();
        }
        watcher.close();
        fed.values().forEach(cache -> cache.close(why));
    }

    private void fill(CompletableFuture<WatchCache> promise, Key prefix, WatchCache cache) {
        try {
            fed.put(prefix, cache);
            cache.fill(store.range(RangeQuery.of(KeyRange.prefix(prefix))));
            if (ended) {
                cache.close(Optional.empty());
            }
            promise.complete(cache);
        } catch (RuntimeException | Error failed) {
            fed.remove(prefix, cache);
            filled.remove(prefix, promise);
            promise.completeExceptionally(
                    failed instanceof StoreException refused ? ObjectStore.fault(refused) : failed);
        }
    }

    private void apply(Watcher.Batch batch) {
        // All of one resource together: a cache never shows half a revision.
        var byCache = new LinkedHashMap<WatchCache, List<Watcher.Event>>();
        for (Watcher.Event event : batch.events()) {
            cacheOf(event.entry().key())
                    .ifPresent(cache -> byCache.computeIfAbsent(cache, first -> new ArrayList<>())
                            .add(event));
        }
        byCache.forEach(WatchCache::apply);
        lock.lock();
        try {
            applied = batch.revision();
            progressed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
