package dev.longshore.store;

/// One version of a key as the index knows it: everything but, as a rule, the value, which lies in the backend
/// under `revision` and `sub`. A version that was written lately still carries its value, until [RecentValues]
/// lets go.
final class Version {

    static final byte[] NO_VALUE = {};

    final long revision;
    final int sub;
    final long createRevision;
    final long version;
    final long lease;
    final boolean deleted;
    private volatile byte[] value;

    private Version(long revision, int sub, long created, long version, long lease, boolean deleted, byte[] value) {
        this.revision = revision;
        this.sub = sub;
        this.createRevision = created;
        this.version = version;
        this.lease = lease;
        this.deleted = deleted;
        this.value = value;
    }

    /// A version whose value is in memory still.
    static Version written(long revision, int sub, long created, long version, long lease, byte[] value) {
        return new Version(revision, sub, created, version, lease, false, value);
    }

    /// A version whose value lies in the backend only.
    static Version stored(long revision, int sub, long created, long version, long lease) {
        return new Version(revision, sub, created, version, lease, false, null);
    }

    /// The end of a key.
    static Version tombstone(long revision, int sub) {
        return new Version(revision, sub, 0, 0, 0, true, NO_VALUE);
    }

    /// The value while it is in memory, else null: the only null in this package, for it is looked at very
    /// often.
    byte[] recent() {
        return value;
    }

    void forgetValue() {
        value = null;
    }

    KeyValue entry(Key key, byte[] bytes) {
        return new KeyValue(key, bytes, createRevision, revision, version, lease);
    }
}
