package dev.longshore.store;

import dev.longshore.base.Directories;
import dev.longshore.base.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;

/// Makes the directory of an embedded store from a state that was kept elsewhere: every key once, with the
/// revisions and the version it had. It is built beside the directory, which is there, whole, only after
/// [#finish]. For one thread.
public final class Filling implements AutoCloseable {

    private static final int BATCH_BYTES = 1 << 20;

    private final Path directory;
    private final Path building;
    private final Backend backend;
    private Backend.Writes writes = new Backend.Writes();
    private long waiting;
    private long newest = 1;
    private int count;
    private boolean closed;

    private Filling(Path directory, Path building, Time time) {
        this.directory = directory;
        this.building = building;
        this.backend = new RocksBackend(building, 0, time);
    }

    /// Begins to fill `directory`, which must not be there or be empty. What an earlier one left unfinished goes.
    ///
    /// @throws StoreException with [StoreFault.Invalid] when there is something in it, or as a write does
    public static Filling of(Path directory, Time time) {
        Path absolute = directory.toAbsolutePath();
        Path building = absolute.resolveSibling(absolute.getFileName() + ".filling");
        try {
            if (Files.exists(absolute) && !isEmpty(absolute)) {
                throw new StoreException(new StoreFault.Invalid(absolute + " is not empty"));
            }
            Directories.delete(building);
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException(new StoreFault.ReadOnly(e.toString()), e);
        }
        return new Filling(absolute, building, time);
    }

    /// Adds a lease; it begins its full time when the store is opened.
    ///
    /// @throws StoreException with [StoreFault.Invalid] for one that cannot be
    public void lease(long id, Duration ttl) {
        if (id == 0 || !ttl.isPositive()) {
            throw new StoreException(new StoreFault.Invalid("lease %d of %s".formatted(id, ttl)));
        }
        write(Records.leaseKey(id), Records.ttl(ttl));
    }

    /// Adds a key, which was not added before.
    ///
    /// @throws StoreException with [StoreFault.Invalid] for revisions that cannot be
    public void entry(KeyValue entry) {
        if (entry.createRevision() < 1 || entry.modRevision() < entry.createRevision() || entry.version() < 1) {
            throw new StoreException(new StoreFault.Invalid("key %s of create revision %d, revision %d and version %d"
                    .formatted(entry.key(), entry.createRevision(), entry.modRevision(), entry.version())));
        }
        // Within its revision a version needs a number of its own, no matter which: no history before this is read.
        Version version =
                Version.stored(entry.modRevision(), count++, entry.createRevision(), entry.version(), entry.lease());
        write(Records.indexKey(version), Records.encode(entry.key(), version));
        write(Records.valueKey(version), entry.value());
        newest = Math.max(newest, entry.modRevision());
    }

    /// Ends it: the store goes on after `revision`, and all before counts as compacted, so that who watched the
    /// old store must list anew. On disk when it returns.
    ///
    /// @throws StoreException with [StoreFault.Invalid] when a key is newer than that
    public void finish(long revision) {
        if (revision < newest) {
            throw new StoreException(
                    new StoreFault.Invalid("revision %d is older than a key's, %d".formatted(revision, newest)));
        }
        writes.put(Records.FORMAT_KEY, Records.number(Records.FORMAT));
        writes.put(Records.REVISION, Records.number(revision));
        writes.put(Records.COMPACTED, Records.number(revision));
        backend.write(writes, true);
        closed = true;
        backend.close();
        try {
            Files.move(building, directory, StandardCopyOption.ATOMIC_MOVE);
            try (var parent = FileChannel.open(directory.getParent(), StandardOpenOption.READ)) {
                parent.force(true);
            }
        } catch (IOException e) {
            throw new StoreException(new StoreFault.ReadOnly(e.toString()), e);
        }
    }

    /// Leaves nothing behind of what was not finished.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            backend.close();
        }
        try {
            Directories.delete(building);
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException(new StoreFault.ReadOnly(e.toString()), e);
        }
    }

    private void write(byte[] key, byte[] value) {
        writes.put(key, value);
        waiting += key.length + value.length;
        if (waiting >= BATCH_BYTES) {
            backend.write(writes, false);
            writes = new Backend.Writes();
            waiting = 0;
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
