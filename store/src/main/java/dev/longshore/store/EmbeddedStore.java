package dev.longshore.store;

import java.util.List;
import java.util.Optional;

/// A store that lives in this process.
public interface EmbeddedStore extends Store {

    @Override
    EmbeddedWatcher watch(WatchQuery query);

    /// The state of now, held still while writers go on: what snapshots are made of. To be closed.
    StateView view();

    /// All leases, in the order of their ids.
    List<Lease> leases();

    /// The lease `id`, if there is one.
    Optional<Lease> lease(long id);

    /// The keys that hang on a lease, in order.
    ///
    /// @throws StoreException with [StoreFault.LeaseNotFound]
    List<Key> attached(long lease);

    /// How many bytes it takes on the disk; 0 for a store in memory.
    long size();

    /// Why it takes no more, if it does not: the disk is full, or the quota is used up and its alarm raised.
    Optional<String> full();

    /// Raises or disarms the alarm of the quota, which otherwise raises itself and stays.
    ///
    /// @return whether it was otherwise before
    boolean alarm(boolean isRaised);

    /// A checksum of all that is kept of the history up to `revision`, 0 for the newest: equal for equal histories,
    /// etcd's included.
    ///
    /// @throws StoreException with [StoreFault.Compacted] or [StoreFault.FutureRevision]
    Hash hash(long revision);

    /// @param revision the store's, when it was made
    /// @param compacted the oldest that could be read then
    record Hash(int value, long revision, long compacted) {}

    /// Gives back to the disk what was compacted away; slow, and everybody else goes on meanwhile.
    void defragment();
}
