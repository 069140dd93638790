package dev.longshore.store;

import java.util.ArrayDeque;
import java.util.Deque;

/// Keeps the values written last in memory, on their [Version]s, up to a number of bytes: watchers and the
/// reads that follow a write then need no disk. First in, first out; only the committer's thread calls it.
final class RecentValues {

    private final Deque<Version> kept = new ArrayDeque<>();
    private final long limit;
    private long bytes;

    RecentValues(long limit) {
        this.limit = limit;
    }

    void add(Version version) {
        byte[] value = version.recent();
        if (value == null || version.deleted) {
            return;
        }
        kept.add(version);
        bytes += value.length;
        while (bytes > limit) {
            Version oldest = kept.remove();
            bytes -= oldest.recent().length;
            oldest.forgetValue();
        }
    }
}
