package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;

/// Makes stores.
public final class Stores {

    /// So much of the disk is left free: enough for RocksDB to write a memtable and compact.
    private static final long RESERVE = 64L << 20;

    private Stores() {}

    /// The store in `directory`, made when it is not there. One process at a time may have it open.
    public static EmbeddedStore embedded(Path directory, Time time) {
        return embedded(directory, RESERVE, time);
    }

    /// Loads RocksDB's native library, which [#embedded] would do otherwise: a tenth of a second that a program
    /// may spend on another thread while it starts. Harmless when called twice.
    public static void warmUp() {
        RocksDB.loadLibrary();
    }

    /// A store that ends with the process.
    public static EmbeddedStore inMemory(Time time) {
        return MvccStore.open(new MemoryBackend(), time);
    }

    /// Fills `directory`, which must not exist or be empty, from a snapshot. The restored store goes on `skip`
    /// revisions after the snapshot's, so that no revision given out between snapshot and restore is given out
    /// again, and everything before counts as compacted: whoever watched the old store must list anew.
    public static void restore(Path snapshot, Path directory, long skip, Time time) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.list(snapshot)) {
                for (Path file : files.toList()) {
                    Files.copy(file, directory.resolve(file.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new StoreException(new StoreFault.ReadOnly("cannot copy the snapshot: " + e), e);
        }
        try (var backend = new RocksBackend(directory, 0, time)) {
            Loader.skip(backend, skip);
        }
    }

    static EmbeddedStore embedded(Path directory, long reserve, Time time) {
        return MvccStore.open(new RocksBackend(directory, reserve, time), time);
    }
}
