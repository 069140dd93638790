package dev.longshore.store;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A sorted map: for tests, simulations and clusters that need not survive. A batch needs no lock to be atomic,
/// for the engine shows nobody what it has not committed.
final class MemoryBackend implements Backend {

    private final ConcurrentSkipListMap<byte[], byte[]> entries = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    @Override
    public List<Optional<byte[]>> get(List<byte[]> keys) {
        return keys.stream().map(key -> Optional.ofNullable(entries.get(key))).toList();
    }

    @Override
    public void write(Writes writes, boolean synced) {
        for (Write write : writes.list()) {
            write.value().ifPresentOrElse(value -> entries.put(write.key(), value), () -> entries.remove(write.key()));
        }
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
        for (Map.Entry<byte[], byte[]> entry : entries.subMap(from, to).entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public Optional<String> full() {
        return Optional.empty();
    }

    @Override
    public void recover() {
        // A write into memory does not fail.
    }

    @Override
    public long size() {
        return 0;
    }

    @Override
    public void defragment() {
        // Memory has no holes.
    }

    @Override
    public void close() {
        entries.clear();
    }
}
