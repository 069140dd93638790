package dev.longshore.store.etcd;

import dev.longshore.store.Key;
import dev.longshore.store.KeyValue;
import dev.longshore.store.grpc.proto.Pair;

/// What is added to etcd's revisions to make ours. A cluster that came from elsewhere goes on where it was, while its
/// etcd began at 1. Revision 0 means the same in both: none, or the newest.
///
/// @param by so much
record RevisionShift(long by) {

    /// As it was written down, by which revisions never go back.
    ///
    /// @throws NumberFormatException when it is no such number
    static RevisionShift parse(String digits) {
        long by = Long.parseLong(digits);
        if (by < 0) {
            throw new NumberFormatException("revisions that go back by " + -by);
        }
        return new RevisionShift(by);
    }

    long ours(long revision) {
        return revision == 0 ? 0 : revision + by;
    }

    /// Whether a revision of ours was there before this etcd.
    boolean isBefore(long ours) {
        return ours != 0 && ours <= by;
    }

    /// Of one that was not before it.
    long theirs(long ours) {
        return ours == 0 ? 0 : ours - by;
    }

    KeyValue entry(Pair pair) {
        return new KeyValue(
                Key.of(pair.getKey().toByteArray()),
                pair.getValue().toByteArray(),
                ours(pair.getCreateRevision()),
                ours(pair.getModRevision()),
                pair.getVersion(),
                pair.getLease());
    }
}
