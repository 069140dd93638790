package dev.longshore.store.snapshot;

import dev.longshore.base.Time;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Filling;
import dev.longshore.store.KeyValue;
import dev.longshore.store.Lease;
import dev.longshore.store.StateView;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/// Snapshots of embedded stores: taken while they work, and made into stores again.
public final class Snapshots {

    private Snapshots() {}

    /// Writes the store's state of now to `out`, which stays open. Writers go on meanwhile; memory does not grow
    /// with the store.
    ///
    /// @param cluster the cluster's id, or nothing when it is not known
    /// @throws IOException as `out` throws it
    /// @throws dev.longshore.store.StoreException when the store cannot be read
    public static SnapshotSummary write(EmbeddedStore store, String cluster, OutputStream out) throws IOException {
        try (StateView view = store.view()) {
            return write(view, cluster, out);
        }
    }

    /// As above, of a state that is held already: the same bytes each time.
    public static SnapshotSummary write(StateView view, String cluster, OutputStream out) throws IOException {
        try {
            var writer = new SnapshotWriter(new BufferedOutputStream(out, 1 << 16), cluster, view.revision());
            for (Lease lease : view.leases()) {
                writer.lease(lease.id(), lease.ttl());
            }
            view.forEach(entry -> {
                try {
                    writer.entry(entry);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return writer.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// Reads a snapshot to its end and says what is in it.
    ///
    /// @throws SnapshotException for what is wrong with it
    public static SnapshotSummary check(InputStream in) throws IOException {
        return new SnapshotReader(buffered(in)).read(new Nothing());
    }

    /// Makes the store's directory, which must not be there or be empty, of a snapshot. Keys keep their revisions
    /// and versions, leases begin anew. The store goes on `bump` revisions after the snapshot's, so that no
    /// revision that was given out after the snapshot is given out again; all before counts as compacted, so that
    /// who watched the old store must list anew. The directory is there, whole, or not at all.
    ///
    /// @param bump more than were given out since the snapshot; 0 only when nobody wrote since
    /// @throws SnapshotException for what is wrong with the snapshot
    /// @throws dev.longshore.store.StoreException when the directory is not empty or cannot be written
    public static SnapshotSummary restore(InputStream in, Path directory, long bump, Time time) throws IOException {
        try (Filling filling = Filling.of(directory, time)) {
            SnapshotSummary summary = new SnapshotReader(buffered(in)).read(new Into(filling));
            filling.finish(after(summary.revision(), bump));
            return summary;
        }
    }

    private static long after(long revision, long bump) {
        if (bump < 0 || revision > Long.MAX_VALUE / 2 - bump) {
            throw new StoreException(new StoreFault.Invalid(
                    "a store cannot go on %d revisions after revision %d".formatted(bump, revision)));
        }
        return revision + bump;
    }

    private static InputStream buffered(InputStream in) {
        return new BufferedInputStream(in, 1 << 16);
    }

    private record Into(Filling filling) implements SnapshotReader.Sink {
        @Override
        public void begin(String cluster, long revision) {
            // The revision is set at the end.
        }

        @Override
        public void lease(long id, Duration ttl) {
            filling.lease(id, ttl);
        }

        @Override
        public void entry(KeyValue entry) {
            filling.entry(entry);
        }
    }

    private record Nothing() implements SnapshotReader.Sink {
        @Override
        public void begin(String cluster, long revision) {}

        @Override
        public void lease(long id, Duration ttl) {}

        @Override
        public void entry(KeyValue entry) {}
    }
}
