package dev.longshore.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/// Every key with its history, in memory: which version of which key a revision shows, without touching the
/// disk.
///
/// ```
///   /registry/pods/a ─► [ rev 5 put | rev 9 put | rev 12 tombstone ]
///   /registry/pods/b ─► [ rev 6 put ]
///                              ▲
///          a reader at revision 9 sees a@9 and b@6; at 12 only b@6
/// ```
///
/// One thread appends (the committer); it may append versions of revisions that are not committed yet, for
/// readers look only at revisions up to the committed one. If the commit fails it takes them back. Cost: some
/// 60 bytes a version and a skip-list node a key; finding a key is O(log n), reading a range is linear in its
/// keys.
final class KeyIndex {

    private final ConcurrentSkipListMap<Key, History> keys = new ConcurrentSkipListMap<>();

    void append(Key key, Version version) {
        while (!keys.computeIfAbsent(key, History::new).append(version)) {
            // Compaction retired the history between look-up and append: it removes it from the map at once.
            Thread.onSpinWait();
        }
    }

    void undo(Key key) {
        History history = keys.get(key);
        if (history.undo()) {
            keys.remove(key, history);
        }
    }

    Optional<History> history(Key key) {
        return Optional.ofNullable(keys.get(key));
    }

    Optional<Version> at(Key key, long revision) {
        History history = keys.get(key);
        return history == null ? Optional.empty() : history.at(revision);
    }

    /// Calls `visitor` for each key of `range` that exists at `revision`, in order.
    void forEach(KeyRange range, long revision, BiConsumer<Key, Version> visitor) {
        forEach(range, revision, Long.MAX_VALUE, visitor);
    }

    /// The same for the first `limit` of them.
    void forEach(KeyRange range, long revision, long limit, BiConsumer<Key, Version> visitor) {
        if (range.isSingle()) {
            at(range.start(), revision).ifPresent(version -> visitor.accept(range.start(), version));
            return;
        }
        long left = limit;
        for (History history : within(range).values()) {
            if (left == 0) {
                return;
            }
            Optional<Version> version = history.at(revision);
            if (version.isPresent()) {
                visitor.accept(history.key, version.get());
                left--;
            }
        }
    }

    /// How many keys of `range` exist at `revision`.
    long count(KeyRange range, long revision) {
        if (range.isSingle()) {
            return at(range.start(), revision).isPresent() ? 1 : 0;
        }
        long count = 0;
        for (History history : within(range).values()) {
            if (history.at(revision).isPresent()) {
                count++;
            }
        }
        return count;
    }

    /// Drops what only revisions before `revision` show; returns what was dropped.
    List<Version> compact(long revision) {
        var dropped = new ArrayList<Version>();
        for (History history : keys.values()) {
            dropped.addAll(history.compact(revision));
            if (history.isRetired()) {
                keys.remove(history.key, history);
            }
        }
        return dropped;
    }

    private ConcurrentNavigableMap<Key, History> within(KeyRange range) {
        if (range.end().isEmpty()) {
            return keys.tailMap(range.start(), true);
        }
        Key end = range.end().get();
        // An end at or before the start means an empty range, which a skip list would refuse.
        return end.compareTo(range.start()) <= 0
                ? new ConcurrentSkipListMap<>()
                : keys.subMap(range.start(), true, end, false);
    }
}
