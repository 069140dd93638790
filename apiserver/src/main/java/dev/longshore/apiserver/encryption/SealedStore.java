package dev.longshore.apiserver.encryption;

import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.Lease;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.TxnResult;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A store whose values of some resources are sealed: who reads and writes here sees plain ones. Compares of values see
/// them as they are stored.
public final class SealedStore implements Store {

    private static final long CHUNK = 500;
    private static final KeyRange ALL = KeyRange.prefix(Key.of("/registry/"));

    private final Store store;
    private final StoredResources resources;
    private volatile Encryption encryption;

    /// @param store which is closed with this one
    /// @param resources tells which resource a key is of
    public SealedStore(Store store, StoredResources resources, Encryption encryption) {
        this.store = store;
        this.resources = resources;
        this.encryption = encryption;
    }

    /// From now on values are sealed, and opened, in this way.
    public void replace(Encryption other) {
        encryption = other;
    }

    /// Whether what is stored under `key` is sealed otherwise than it would be now.
    public boolean isStale(Key key) {
        return store.range(RangeQuery.of(key)).entries().stream().anyMatch(this::isStale);
    }

    /// How many objects of each resource are under which seal, by `RESOURCE` and then by seal (`aesgcm:v1:KEY`,
    /// `identity`, `unknown`). Only those that the configuration names, or that are sealed.
    public TreeMap<String, TreeMap<String, Long>> count() {
        var counts = new TreeMap<String, TreeMap<String, Long>>();
        forEach(entry -> resources.of(entry.key()).ifPresent(resource -> {
            Seals seals = encryption.of(resource);
            String seal = seals.of(entry.value()).map(Seal::name).orElse("unknown");
            if (seals != Seals.NONE || !seal.equals("identity")) {
                counts.computeIfAbsent(resource.toString(), first -> new TreeMap<>())
                        .merge(seal, 1L, Long::sum);
            }
        }));
        return counts;
    }

    /// Writes anew whatever is sealed otherwise than it would be now. Objects that somebody else writes meanwhile are
    /// sealed anew by that.
    ///
    /// @return how many were written, by resource
    /// @throws StoreException with [StoreFault.Sealed] for what no key opens; what was written before stays so
    public TreeMap<String, Long> rewrite() {
        var written = new TreeMap<String, Long>();
        forEach(entry -> {
            if (isStale(entry)) {
                var same = Txn.Compare.modRevision(entry.key(), entry.modRevision());
                var put = new Txn.Operation.Put(entry.key(), opened(entry).value(), entry.lease(), false);
                boolean isDone =
                        commit(new Txn(List.of(same), List.of(put), List.of())).succeeded();
                if (isDone) {
                    written.merge(resources.of(entry.key()).orElseThrow().toString(), 1L, Long::sum);
                }
            }
        });
        return written;
    }

    private void forEach(java.util.function.Consumer<KeyValue> visitor) {
        KeyRange left = ALL;
        while (true) {
            RangeResult page = store.range(new RangeQuery(left, 0, CHUNK, false, false));
            page.entries().forEach(visitor);
            if (!page.more()) {
                return;
            }
            left = new KeyRange(page.entries().getLast().key().successor(), ALL.end());
        }
    }

    private boolean isStale(KeyValue entry) {
        return resources
                .of(entry.key())
                .map(resource -> encryption.of(resource).isStale(entry.value()))
                .orElse(false);
    }

    @Override
    public long revision() {
        return store.revision();
    }

    @Override
    public long compactedRevision() {
        return store.compactedRevision();
    }

    @Override
    public RangeResult range(RangeQuery query) {
        RangeResult found = store.range(query);
        return query.keysOnly() || query.countOnly() ? found : opened(found);
    }

    @Override
    public TxnResult commit(Txn txn) {
        return opened(store.commit(sealed(txn)));
    }

    @Override
    public Watcher watch(WatchQuery query) {
        return new OpeningWatcher(store.watch(query));
    }

    @Override
    public Lease grant(long id, Duration ttl) {
        return store.grant(id, ttl);
    }

    @Override
    public Lease keepAlive(long id) {
        return store.keepAlive(id);
    }

    @Override
    public void revoke(long id) {
        store.revoke(id);
    }

    @Override
    public void compact(long revision) {
        store.compact(revision);
    }

    @Override
    public void close() {
        store.close();
    }

    private Txn sealed(Txn txn) {
        return new Txn(txn.compares(), sealed(txn.success()), sealed(txn.failure()));
    }

    private List<Txn.Operation> sealed(List<Txn.Operation> operations) {
        return operations.stream().map(this::sealed).toList();
    }

    private Txn.Operation sealed(Txn.Operation operation) {
        return switch (operation) {
            case Txn.Operation.Put(Key key, byte[] value, long lease, boolean previous) ->
                new Txn.Operation.Put(key, sealed(key, value), lease, previous);
            case Txn.Operation.Change(Key key, Optional<byte[]> value, OptionalLong lease, boolean previous) ->
                new Txn.Operation.Change(key, value.map(given -> sealed(key, given)), lease, previous);
            case Txn.Operation.Nested(Txn inner) -> new Txn.Operation.Nested(sealed(inner));
            case Txn.Operation.Get _, Txn.Operation.Delete _ -> operation;
        };
    }

    private byte[] sealed(Key key, byte[] value) {
        return resources
                .of(key)
                .map(resource -> encryption.of(resource).seal(value, key.bytes()))
                .orElse(value);
    }

    private RangeResult opened(RangeResult found) {
        return new RangeResult(
                found.revision(), found.entries().stream().map(this::opened).toList(), found.count(), found.more());
    }

    private TxnResult opened(TxnResult result) {
        return new TxnResult(
                result.revision(),
                result.succeeded(),
                result.results().stream().map(this::opened).toList());
    }

    private TxnResult.Result opened(TxnResult.Result result) {
        return switch (result) {
            case TxnResult.Result.Got(RangeResult range) -> new TxnResult.Result.Got(opened(range));
            case TxnResult.Result.Wrote(Optional<KeyValue> previous) ->
                new TxnResult.Result.Wrote(previous.map(this::opened));
            case TxnResult.Result.Deleted(long count, List<KeyValue> previous) ->
                new TxnResult.Result.Deleted(
                        count, previous.stream().map(this::opened).toList());
            case TxnResult.Result.Ran(TxnResult inner) -> new TxnResult.Result.Ran(opened(inner));
        };
    }

    private KeyValue opened(KeyValue entry) {
        return resources
                .of(entry.key())
                .map(resource -> opened(entry, encryption.of(resource)))
                .orElse(entry);
    }

    private static KeyValue opened(KeyValue entry, Seals seals) {
        try {
            byte[] plain = seals.open(entry.value(), entry.key().bytes());
            return new KeyValue(
                    entry.key(), plain, entry.createRevision(), entry.modRevision(), entry.version(), entry.lease());
        } catch (GeneralSecurityException closed) {
            String place = new String(entry.key().bytes(), StandardCharsets.UTF_8);
            throw new StoreException(
                    new StoreFault.Sealed("unable to transform key \"%s\": %s".formatted(place, closed.getMessage())),
                    closed);
        }
    }

    /// What happened, opened.
    private final class OpeningWatcher implements Watcher {

        private final Watcher watcher;

        OpeningWatcher(Watcher watcher) {
            this.watcher = watcher;
        }

        @Override
        public Optional<Batch> next(Duration limit) throws InterruptedException {
            return watcher.next(limit)
                    .map(batch -> new Batch(
                            batch.revision(),
                            batch.events().stream().map(this::plain).toList()));
        }

        /// What is left of a deleted key has no value.
        private Event plain(Event event) {
            return switch (event) {
                case Event.Put(KeyValue entry, Optional<KeyValue> previous) ->
                    new Event.Put(opened(entry), previous.map(SealedStore.this::opened));
                case Event.Delete(KeyValue entry, Optional<KeyValue> previous) ->
                    new Event.Delete(entry, previous.map(SealedStore.this::opened));
            };
        }

        @Override
        public void close() {
            watcher.close();
        }
    }
}
