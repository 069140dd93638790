package dev.longshore.store;

/// Which revisions there are. The committer moves `committed`, compaction `compacted`; everyone reads them.
final class Revisions {

    private volatile long committed;
    private volatile long compacted;

    Revisions(long committed, long compacted) {
        this.committed = committed;
        this.compacted = compacted;
    }

    long committed() {
        return committed;
    }

    long compacted() {
        return compacted;
    }

    void commit(long revision) {
        committed = revision;
    }

    void compact(long revision) {
        compacted = revision;
    }

    /// Throws unless `revision` lies between what is compacted away and `newest`.
    void check(long revision, long newest) {
        long oldest = compacted;
        if (revision < oldest) {
            throw new StoreException(new StoreFault.Compacted(revision, oldest));
        }
        if (revision > newest) {
            throw new StoreException(new StoreFault.FutureRevision(revision, newest));
        }
    }
}
