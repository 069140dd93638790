package dev.longshore.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A running watch: events in order of revision, none lost, none doubled, all of one revision together. One
/// thread reads; any may close. A watcher that does not read falls back to reading history; it never holds up a
/// writer or another watcher.
public interface Watcher extends AutoCloseable {

    /// The next batch; empty when `limit` passed without one. When it passed without an event of this watch's
    /// range but others were written, the batch has no events and tells the revision reached (what etcd calls
    /// progress).
    ///
    /// @throws StoreException with [StoreFault.Compacted] when what comes next was compacted away before it was
    /// read, and with [StoreFault.Closed] when the watcher or the store is closed
    Optional<Batch> next(Duration limit) throws InterruptedException;

    /// Has [#next] return at once, if it waits, with what there is. An engine may leave it to the limit.
    default void wake() {}

    @Override
    void close();

    /// Events of whole revisions.
    ///
    /// @param revision everything up to this revision has now been seen
    record Batch(long revision, List<Event> events) {}

    /// One change.
    sealed interface Event {
        /// What the change left: for a deletion, a version with an empty value and the revision of the
        /// deletion.
        KeyValue entry();

        /// The version before, if the watch asks for it and there was one.
        Optional<KeyValue> previous();

        /// A new version.
        record Put(KeyValue entry, Optional<KeyValue> previous) implements Event {}

        /// The end of a key.
        record Delete(KeyValue entry, Optional<KeyValue> previous) implements Event {}
    }
}
