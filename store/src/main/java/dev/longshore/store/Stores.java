package dev.longshore.store;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Path;
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

    /// As above, with a quota.
    public static EmbeddedStore embedded(Path directory, Quota quota, Time time) {
        return MvccStore.open(new RocksBackend(directory, RESERVE, time), quota, time);
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

    /// Looks at all of the store in `directory`, which nobody has open, and changes nothing.
    ///
    /// @throws IOException when the directory cannot be read
    public static StoreReport check(Path directory, Time time) throws IOException {
        return new StoreCheck(directory, time).run();
    }

    static EmbeddedStore embedded(Path directory, long reserve, Time time) {
        return MvccStore.open(new RocksBackend(directory, reserve, time), time);
    }
}
