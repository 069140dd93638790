package dev.longshore.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The versions of one key that are not compacted away, oldest first. Readers take the array and search it,
/// with no lock; the committer (append, undo) and the compactor (drop) replace it under this object's monitor,
/// which is never held across I/O. A key has a handful of versions, so copying the array costs less than a tree
/// would.
///
/// A history that compaction emptied is `retired`: its key leaves the index, and whoever wants to append finds
/// or makes another one.
final class History {

    private static final Version[] NONE = {};

    final Key key;
    private volatile Version[] versions = NONE;
    private boolean retired;

    History(Key key) {
        this.key = key;
    }

    /// False if this history has left the index meanwhile.
    synchronized boolean append(Version version) {
        if (retired) {
            return false;
        }
        Version[] longer = Arrays.copyOf(versions, versions.length + 1);
        longer[versions.length] = version;
        versions = longer;
        return true;
    }

    /// Takes back the newest version, which nobody has seen; true if the key is then without any and retired.
    synchronized boolean undo() {
        versions = Arrays.copyOf(versions, versions.length - 1);
        retired = versions.length == 0;
        return retired;
    }

    /// The version that a reader at `revision` sees; a tombstone counts as none.
    Optional<Version> at(long revision) {
        Version[] all = versions;
        int i = lastUpTo(all, revision);
        return i < 0 || all[i].deleted ? Optional.empty() : Optional.of(all[i]);
    }

    /// The version written as part `sub` of `revision`, tombstones included. One revision can write a key twice.
    Optional<Version> exactly(long revision, int sub) {
        Version[] all = versions;
        for (int i = lastUpTo(all, revision); i >= 0 && all[i].revision == revision; i--) {
            if (all[i].sub == sub) {
                return Optional.of(all[i]);
            }
        }
        return Optional.empty();
    }

    /// True if `revision` wrote this key.
    boolean writtenAt(long revision) {
        Version[] all = versions;
        return all.length > 0 && all[all.length - 1].revision == revision;
    }

    /// Drops what only revisions before `revision` show and returns it. A tombstone at exactly `revision`
    /// stays: a watch may still start there.
    synchronized List<Version> compact(long revision) {
        int last = lastUpTo(versions, revision);
        boolean dead = last >= 0 && versions[last].deleted && versions[last].revision < revision;
        int keepFrom = dead ? last + 1 : Math.max(last, 0);
        if (keepFrom == 0) {
            return List.of();
        }
        var dropped = new ArrayList<>(Arrays.asList(versions).subList(0, keepFrom));
        versions = Arrays.copyOfRange(versions, keepFrom, versions.length);
        retired = versions.length == 0;
        return dropped;
    }

    synchronized boolean isRetired() {
        return retired;
    }

    private static int lastUpTo(Version[] all, long revision) {
        // Nearly every reader wants the newest version, so look from that end.
        int i = all.length - 1;
        while (i >= 0 && all[i].revision > revision) {
            i--;
        }
        return i;
    }
}
