package dev.longshore.store;

import java.time.Duration;

/// Another store, as it is, for tests that change one thing about it.
public class DelegatingStore implements Store {

    private final Store store;

    protected DelegatingStore(Store store) {
        this.store = store;
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
        return store.range(query);
    }

    @Override
    public TxnResult commit(Txn txn) {
        return store.commit(txn);
    }

    @Override
    public Watcher watch(WatchQuery query) {
        return store.watch(query);
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
}
