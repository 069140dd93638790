package dev.longshore.store;

import java.util.Optional;

/// The keys from `start` (included) to `end` (not included); without `end`, all keys from `start` on.
public record KeyRange(Key start, Optional<Key> end) {

    /// Exactly one key.
    public static KeyRange single(Key key) {
        return new KeyRange(key, Optional.of(key.successor()));
    }

    /// All keys that start with `prefix`.
    public static KeyRange prefix(Key prefix) {
        return new KeyRange(prefix, prefix.prefixEnd());
    }

    /// True if `key` lies within.
    public boolean contains(Key key) {
        return key.compareTo(start) >= 0 && (end.isEmpty() || key.compareTo(end.get()) < 0);
    }

    /// True if only one key can lie within.
    public boolean isSingle() {
        return end.isPresent() && end.get().equals(start.successor());
    }
}
