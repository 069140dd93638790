package dev.longshore.images.registry.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Objects by key: all that [BucketStorage] needs of a bucket. Reads see every write that ended before them, as S3
/// promises. Thread-safe; blocks.
public interface Bucket {

    /// An object.
    record Entry(String key, long size, Instant modified) {}

    /// Opens the bytes of an object to be, as often as it has to be sent.
    @FunctionalInterface
    interface Source {
        InputStream open(long offset) throws IOException;
    }

    /// All of a small object.
    Optional<byte[]> get(String key) throws IOException;

    /// What is known of an object.
    Optional<Entry> find(String key) throws IOException;

    /// An object's bytes from `offset` on; the caller closes it.
    InputStream open(String key, long offset) throws IOException;

    /// Writes a small object.
    void put(String key, byte[] bytes) throws IOException;

    /// Writes an object of `size` bytes; it is there whole or not at all.
    void put(String key, long size, Source source) throws IOException;

    /// Removes an object, if it is there.
    void delete(String key) throws IOException;

    /// Every object whose key begins with `prefix`, by key.
    List<Entry> list(String prefix) throws IOException;

    /// At most `most` of them, beginning after the key `after`.
    default List<Entry> list(String prefix, String after, int most) throws IOException {
        return list(prefix).stream()
                .filter(entry -> entry.key().compareTo(after) > 0)
                .limit(most)
                .toList();
    }

    /// An object's size, if it is there.
    default OptionalLong size(String key) throws IOException {
        return find(key).map(entry -> OptionalLong.of(entry.size())).orElseGet(OptionalLong::empty);
    }
}
