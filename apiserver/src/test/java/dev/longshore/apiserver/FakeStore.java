package dev.longshore.apiserver;

import dev.longshore.store.Key;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A store for tests: the whole history in one list, everything under one lock. It knows single-key compares by
/// revision, and puts and deletes of single keys.
final class FakeStore implements Store {

    private final List<Watcher.Event> history = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private boolean closed;

    @Override
    public synchronized long revision() {
        return revision;
    }

    @Override
    public synchronized long compactedRevision() {
        return compacted;
    }

    @Override
    public synchronized RangeResult range(RangeQuery query) {
        long at = query.revision() == 0 ? revision : query.revision();
        if (at < compacted) {
            throw new StoreException(new StoreFault.Compacted(at, compacted));
        }
        if (at > revision) {
            throw new StoreException(new StoreFault.FutureRevision(at, revision));
        }
        List<KeyValue> all = state(at).entrySet().stream()
                .filter(entry -> query.range().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        boolean cut = query.limit() > 0 && all.size() > query.limit();
        return new RangeResult(revision, cut ? all.subList(0, (int) query.limit()) : all, all.size(), cut);
    }

    private TreeMap<Key, KeyValue> state(long at) {
        var state = new TreeMap<Key, KeyValue>();
        for (Watcher.Event event : history) {
            if (event.entry().modRevision() > at) {
                break;
            }
            switch (event) {
                case Watcher.Event.Put put -> state.put(put.entry().key(), put.entry());
                case Watcher.Event.Delete delete -> state.remove(delete.entry().key());
            }
        }
        return state;
    }

    @Override
    public synchronized TxnResult commit(Txn txn) {
        var state = state(revision);
        boolean holds = txn.compares().stream().allMatch(compare -> {
            KeyValue there = state.get(compare.range().start());
            return compare.target() instanceof Txn.Target.ModRevision(long wanted)
                    && wanted == (there == null ? 0 : there.modRevision());
        });
        if (!holds) {
            return new TxnResult(revision, false, List.of());
        }
        revision++;
        for (Txn.Operation operation : txn.success()) {
            switch (operation) {
                case Txn.Operation.Put(Key key, byte[] value, long lease, boolean wantsPrevious) -> {
                    KeyValue old = state.get(key);
                    long created = old == null ? revision : old.createRevision();
                    long version = old == null ? 1 : old.version() + 1;
                    history.add(new Watcher.Event.Put(
                            new KeyValue(key, value, created, revision, version, lease), Optional.ofNullable(old)));
                }
                case Txn.Operation.Delete(var range, boolean wantsPrevious) ->
                    history.add(new Watcher.Event.Delete(
                            new KeyValue(range.start(), new byte[0], 0, revision, 0, 0),
                            Optional.ofNullable(state.get(range.start()))));
                case Txn.Operation.Get _, Txn.Operation.Nested _ -> throw new UnsupportedOperationException();
            }
        }
        notifyAll();
        return new TxnResult(revision, true, List.of());
    }

    @Override
    public synchronized Watcher watch(WatchQuery query) {
        if (query.fromRevision() > 0 && query.fromRevision() <= compacted) {
            throw new StoreException(new StoreFault.Compacted(query.fromRevision(), compacted));
        }
        return new Cursor(query, query.fromRevision() == 0 ? revision + 1 : query.fromRevision());
    }

    @Override
    public Lease grant(long id, Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease keepAlive(long id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void revoke(long id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void compact(long upTo) {
        compacted = upTo;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private final class Cursor implements Watcher {
        private final WatchQuery query;
        private long next;
        private boolean over;

        Cursor(WatchQuery query, long next) {
            this.query = query;
            this.next = next;
        }

        @Override
        public Optional<Batch> next(Duration limit) throws InterruptedException {
            synchronized (FakeStore.this) {
                if (!over && !closed && next > revision) {
                    FakeStore.this.wait(limit.toMillis());
                }
                if (over || closed) {
                    throw new StoreException(new StoreFault.Closed());
                }
                if (next > revision) {
                    return Optional.empty();
                }
                List<Event> events = history.stream()
                        .filter(event -> event.entry().modRevision() >= next)
                        .filter(event -> query.range().contains(event.entry().key()))
                        .toList();
                next = revision + 1;
                return Optional.of(new Batch(revision, events));
            }
        }

        @Override
        public void close() {
            synchronized (FakeStore.this) {
                over = true;
                FakeStore.this.notifyAll();
            }
        }
    }
}
