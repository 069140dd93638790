package dev.longshore.store;

import java.util.List;
import java.util.function.Consumer;

/// The state of a store at one revision, held still: writers and compaction go on beside it, and what it shows
/// stays until it is closed. Thread-safe; close it, for the disk keeps for it what was compacted meanwhile.
public interface StateView extends AutoCloseable {

    /// The revision it shows.
    long revision();

    /// The leases of that moment, in the order of their ids.
    List<Lease> leases();

    /// Shows every key that exists, in order. Holds some tens of values in memory at a time, however many there
    /// are.
    ///
    /// @throws StoreException with [StoreFault.Damaged] when a value is not there, [StoreFault.Closed] when the
    /// store is closed meanwhile; what the visitor throws ends it too
    void forEach(Consumer<KeyValue> visitor);

    @Override
    void close();
}
