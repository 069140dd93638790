package dev.longshore.images.registry.bucket;

import dev.longshore.base.Time;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A bucket in memory.
public final class MemoryBucket implements Bucket {

    private final Time time;
    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();

    private record Stored(byte[] bytes, Instant modified) {}

    public MemoryBucket(Time time) {
        this.time = time;
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(objects.get(key)).map(Stored::bytes);
    }

    @Override
    public Optional<Entry> find(String key) {
        return Optional.ofNullable(objects.get(key))
                .map(stored -> new Entry(key, stored.bytes().length, stored.modified()));
    }

    @Override
    public InputStream open(String key, long offset) throws IOException {
        byte[] bytes = get(key).orElseThrow(() -> new IOException("no such key: " + key));
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    @Override
    public void put(String key, byte[] bytes) {
        objects.put(key, new Stored(bytes, time.now()));
    }

    @Override
    public void put(String key, long size, Source source) throws IOException {
        try (InputStream in = source.open(0)) {
            put(key, in.readNBytes((int) size));
        }
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public List<Entry> list(String prefix) {
        return objects.tailMap(prefix).entrySet().stream()
                .takeWhile(each -> each.getKey().startsWith(prefix))
                .map(each -> new Entry(
                        each.getKey(),
                        each.getValue().bytes().length,
                        each.getValue().modified()))
                .toList();
    }
}
