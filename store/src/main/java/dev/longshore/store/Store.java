package dev.longshore.store;

import java.time.Duration;

/// A multi-version key-value store with etcd's semantics (etcd v3 API: KV, Watch, Lease, Maintenance). Every
/// committed transaction that writes gets the next revision; reads may ask for any revision that is not
/// compacted away. Thread-safe. Every method may block on disk; none is safe to call on a pinned carrier.
public interface Store extends AutoCloseable {

    /// The revision of the last committed write; 1 for a store nobody has written to.
    long revision();

    /// The oldest revision that can still be read.
    long compactedRevision();

    /// Reads a range.
    ///
    /// @throws StoreException with [StoreFault.Compacted] or [StoreFault.FutureRevision]
    RangeResult range(RangeQuery query);

    /// Evaluates the compares and runs one branch, atomically. Returns after the write is synced to disk;
    /// concurrent callers share one sync.
    ///
    /// @throws StoreException with [StoreFault.NoSpace] or [StoreFault.ReadOnly] when it cannot be made
    /// durable: then nothing of it has happened
    TxnResult commit(Txn txn);

    /// Watches a range from a revision on, that one included; 0 means from now on.
    ///
    /// @throws StoreException with [StoreFault.Compacted] when that revision is gone
    Watcher watch(WatchQuery query);

    /// Grants a lease; `id` 0 lets the store choose.
    Lease grant(long id, Duration ttl);

    /// Starts the lease's time to live anew.
    ///
    /// @throws StoreException with [StoreFault.LeaseNotFound]
    Lease keepAlive(long id);

    /// Ends a lease and deletes the keys attached to it, in one revision.
    void revoke(long id);

    /// Forgets what only revisions before `revision` show; that revision itself stays readable.
    void compact(long revision);

    @Override
    void close();
}
