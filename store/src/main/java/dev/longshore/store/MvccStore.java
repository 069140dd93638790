package dev.longshore.store;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded engine: keys in memory, versions in a [Backend], one writer.
///
/// ```
///   commit ─► CommandQueue ─► Committer ──► Backend (one synced batch a group)
///                                │ shows
///            ┌───────────────────┼──────────────┐
///            ▼                   ▼              ▼
///   range ◄─ KeyIndex,     Watchers ─► watch   Leases ─► expiry, as another command
///            Revisions
/// ```
///
/// Readers take no lock: they read the committed revision once and see exactly what it shows.
final class MvccStore implements EmbeddedStore {

    private static final Logger LOG = LoggerFactory.getLogger(MvccStore.class);
    private static final long RECENT_BYTES = 4 << 20;
    private static final Duration EXPIRY_RETRY = Duration.ofSeconds(5);

    private final Parts parts;
    private final CommandQueue queue = new CommandQueue();
    private final Pins pins = new Pins();
    private final Committer committer;
    private final Thread writer;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MvccStore(Parts parts, Time time) {
        this.parts = parts;
        this.committer = new Committer(parts, queue, new RecentValues(RECENT_BYTES), time);
        this.writer = Thread.ofPlatform().daemon().name("store-committer").unstarted(committer);
    }

    /// Loads what `backend` holds and starts; the store owns the backend from then on.
    static MvccStore open(Backend backend, Time time) {
        return open(backend, Quota.NONE, time);
    }

    /// As above.
    static MvccStore open(Backend backend, Quota quota, Time time) {
        try {
            var loader = new Loader(backend);
            Revisions revisions = loader.revisions();
            var index = new KeyIndex();
            loader.index(index, revisions);
            var counts = new KeyCounts(index, revisions.committed());
            var reader = new RangeReader(index, counts, backend, revisions);
            var watchers = new Watchers(index, backend, reader, revisions);
            var space = new Space(backend, quota, loader.isAlarmed(), time);
            var expiry = new Expiry();
            var leases = new Leases(time, expiry);
            var parts = new Parts(backend, index, counts, revisions, reader, leases, watchers, space);
            var store = new MvccStore(parts, time);
            expiry.store = store;
            loader.leases().forEach(leases::add);
            index.forEach(
                    KeyRange.prefix(Key.of("")),
                    revisions.committed(),
                    (key, version) -> leases.attach(version.lease, key));
            store.writer.start();
            return store;
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    @Override
    public long revision() {
        return parts.revisions().committed();
    }

    @Override
    public long compactedRevision() {
        return parts.revisions().compacted();
    }

    @Override
    public RangeResult range(RangeQuery query) {
        return parts.reader().committed(query);
    }

    @Override
    public TxnResult commit(Txn txn) {
        TxnCheck.check(txn);
        if (!TxnCheck.writes(txn)) {
            return parts.reader()
                    .newest(newest -> new Draft(parts.index(), parts.reader(), parts.leases(), newest).apply(txn));
        }
        var done = new CompletableFuture<TxnResult>();
        return queue.ask(new Command.Commit(txn, done), done);
    }

    @Override
    public EmbeddedWatcher watch(WatchQuery query) {
        return parts.watchers().open(query);
    }

    @Override
    public Lease grant(long id, Duration ttl) {
        if (id < 0 || !ttl.isPositive()) {
            throw new StoreException(new StoreFault.Invalid("lease %d for %s".formatted(id, ttl)));
        }
        return exclusively(() -> {
            if (id != 0 && parts.leases().contains(id)) {
                throw new StoreException(new StoreFault.LeaseExists(id));
            }
            parts.space().requireRoomForLease();
            long chosen = id == 0 ? freeLeaseId() : id;
            var writes = new Backend.Writes();
            writes.put(Records.leaseKey(chosen), Records.ttl(ttl));
            committer.write(writes);
            parts.leases().add(chosen, ttl);
            return parts.leases().view(chosen);
        });
    }

    @Override
    public Lease keepAlive(long id) {
        return parts.leases().keepAlive(id);
    }

    @Override
    public void revoke(long id) {
        exclusively(() -> end(id));
    }

    @Override
    public void compact(long revision) {
        long bound = exclusively(() -> {
            long committed = parts.revisions().committed();
            if (revision > committed) {
                throw new StoreException(new StoreFault.FutureRevision(revision, committed));
            }
            if (revision <= parts.revisions().compacted()) {
                throw new StoreException(
                        new StoreFault.Compacted(revision, parts.revisions().compacted()));
            }
            var writes = new Backend.Writes();
            writes.put(Records.COMPACTED, Records.number(revision));
            committer.write(writes);
            parts.revisions().compact(revision);
            return pins.bound(revision);
        });
        drop(bound);
    }

    @Override
    public StateView view() {
        return exclusively(() -> {
            long revision = parts.revisions().committed();
            pins.add(revision);
            return new PinnedView(parts, revision, () -> unpin(revision));
        });
    }

    @Override
    public List<Lease> leases() {
        return parts.leases().all();
    }

    @Override
    public Optional<Lease> lease(long id) {
        return parts.leases().contains(id) ? Optional.of(parts.leases().view(id)) : Optional.empty();
    }

    @Override
    public List<Key> attached(long lease) {
        return exclusively(() -> List.copyOf(parts.leases().keys(lease)));
    }

    @Override
    public long size() {
        return parts.backend().size();
    }

    @Override
    public Optional<String> full() {
        return parts.space().why().map(StoreFault::message);
    }

    @Override
    public boolean alarm(boolean isRaised) {
        return exclusively(() -> {
            boolean isNews = parts.space().isAlarmed() != isRaised;
            committer.alarm(isRaised);
            return isNews;
        });
    }

    @Override
    public Hash hash(long revision) {
        long newest = parts.revisions().committed();
        long compacted = parts.revisions().compacted();
        if (revision > 0 && revision <= compacted) {
            throw new StoreException(new StoreFault.Compacted(revision, compacted));
        }
        if (revision > newest) {
            throw new StoreException(new StoreFault.FutureRevision(revision, newest));
        }
        int value = new HistoryHash(parts.backend(), parts.index(), compacted).of(revision == 0 ? newest : revision);
        return new Hash(value, newest, compacted);
    }

    @Override
    public void defragment() {
        parts.backend().defragment();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        parts.leases().stop();
        queue.close();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        parts.watchers().close();
        parts.backend().close();
    }

    private <T> T exclusively(Supplier<T> work) {
        var done = new CompletableFuture<T>();
        return queue.ask(new Command.Exclusive<>(work, done), done);
    }

    /// From here on nobody may read what goes now, so it goes beside the writers.
    private void drop(long before) {
        List<Version> dropped = parts.index().compact(before);
        Loader.drop(parts.backend(), dropped);
    }

    private void unpin(long revision) {
        try {
            long bound = exclusively(() -> {
                pins.remove(revision);
                return pins.bound(parts.revisions().compacted());
            });
            if (bound > revision) {
                drop(bound);
            }
        } catch (StoreException e) {
            // What stays behind goes at the next start.
            LOG.debug("what was compacted beside a view stays for now: {}", e.getMessage());
        }
    }

    private boolean end(long id) {
        var keys = parts.leases().keys(id);
        var writes = new Backend.Writes();
        writes.delete(Records.leaseKey(id));
        committer.delete(keys, writes);
        parts.leases().remove(id);
        return true;
    }

    private void expire(long id) {
        try {
            // A keep-alive may have come between the timer and the committer: the committer looks again.
            exclusively(() -> parts.leases().isExpired(id) && end(id));
        } catch (StoreException e) {
            switch (e.fault()) {
                case StoreFault.Closed _ -> {}
                case StoreFault why -> {
                    LOG.warn("lease {} has expired but stays: {}", Long.toHexString(id), why.message());
                    parts.leases().retryExpiry(id, EXPIRY_RETRY);
                }
            }
        }
    }

    private long freeLeaseId() {
        long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        while (parts.leases().contains(id)) {
            id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        }
        return id;
    }

    /// Ties the leases to the store, which are made before it.
    private static final class Expiry implements java.util.function.LongConsumer {
        private volatile MvccStore store;

        @Override
        public void accept(long id) {
            store.expire(id);
        }
    }
}
