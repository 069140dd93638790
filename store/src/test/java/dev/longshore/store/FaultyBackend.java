package dev.longshore.store;

import java.util.List;
import java.util.Optional;

/// A backend in memory whose disk can be told to break.
final class FaultyBackend implements Backend {

    enum Disk {
        WELL,
        /// Refuses writes, nothing of them happens.
        REFUSES,
        /// Reports a failure although everything was written: what a failed sync looks like.
        LIES,
        /// Measured as full before anything is tried.
        FULL
    }

    private final MemoryBackend inner = new MemoryBackend();
    volatile Disk disk = Disk.WELL;

    @Override
    public List<Optional<byte[]>> get(List<byte[]> keys) {
        return inner.get(keys);
    }

    @Override
    public void write(Writes writes, boolean synced) {
        switch (disk) {
            case WELL, FULL -> inner.write(writes, synced);
            case REFUSES -> throw new StoreException(new StoreFault.ReadOnly("broken"));
            case LIES -> {
                inner.write(writes, synced);
                throw new StoreException(new StoreFault.NoSpace("broken"));
            }
        }
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
        inner.scan(from, to, visitor);
    }

    @Override
    public Optional<String> full() {
        return disk == Disk.FULL ? Optional.of("full") : Optional.empty();
    }

    @Override
    public void recover() {
        if (disk != Disk.WELL) {
            throw new StoreException(new StoreFault.ReadOnly("still broken"));
        }
    }

    @Override
    public long size() {
        return inner.size();
    }

    @Override
    public void defragment() {
        inner.defragment();
    }

    @Override
    public void close() {
        // The same bytes can be opened again.
    }
}
