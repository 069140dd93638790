package dev.longshore.store;

import java.util.TreeMap;

/// The revisions that views hold: compaction hides what lies before, as ever, but leaves on the disk what the
/// oldest of them shows. Used by the committer's thread only, so that no compaction begins while a view is made.
final class Pins {

    private final TreeMap<Long, Integer> held = new TreeMap<>();

    void add(long revision) {
        held.merge(revision, 1, Integer::sum);
    }

    void remove(long revision) {
        held.computeIfPresent(revision, (_, count) -> count == 1 ? null : count - 1);
    }

    /// How far what was compacted up to `revision` may really go.
    long bound(long revision) {
        return held.isEmpty() ? revision : Math.min(revision, held.firstKey());
    }
}
