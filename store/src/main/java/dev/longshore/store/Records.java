package dev.longshore.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/// How the engine lays its records out in the backend. All numbers are big-endian, so that bytes sort like
/// numbers.
///
/// ```
///   'i' revision(8) sub(4)  →  flags(1) create(8) version(8) lease(8) key…     the index, in order of revision
///   'v' revision(8) sub(4)  →  value…                                          apart, so that loading skips them
///   'l' lease(8)            →  ttl in milliseconds(8)
///   'm' "revision"          →  the last committed revision(8)
///   'm' "compacted"         →  the oldest readable revision(8)
///   'm' "nospace"           →  1 while the alarm of the quota is raised
///   'm' "format"            →  the version of this layout(8)
/// ```
final class Records {

    static final long FORMAT = 1;
    static final byte[] REVISION = meta("revision");
    static final byte[] COMPACTED = meta("compacted");
    static final byte[] NO_SPACE = meta("nospace");
    static final byte[] FORMAT_KEY = meta("format");
    static final byte[] LEASES = {'l'};
    static final byte[] LEASES_END = {'l' + 1};
    static final byte[] INDEX_END = {'i' + 1};

    private static final byte DELETED = 1;
    private static final int HEAD = 1 + 3 * Long.BYTES;

    private Records() {}

    static byte[] indexKey(long revision, int sub) {
        return versioned('i', revision, sub);
    }

    static byte[] valueKey(Version version) {
        return versioned('v', version.revision, version.sub);
    }

    static byte[] indexKey(Version version) {
        return versioned('i', version.revision, version.sub);
    }

    static byte[] leaseKey(long id) {
        return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 'l').putLong(id).array();
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long number(byte[] bytes) {
        if (bytes.length != Long.BYTES) {
            throw new StoreException(new StoreFault.Damaged("a number of " + bytes.length + " bytes"));
        }
        return ByteBuffer.wrap(bytes).getLong();
    }

    static byte[] encode(Key key, Version version) {
        byte[] name = key.shared();
        return ByteBuffer.allocate(HEAD + name.length)
                .put(version.deleted ? DELETED : 0)
                .putLong(version.createRevision)
                .putLong(version.version)
                .putLong(version.lease)
                .put(name)
                .array();
    }

    /// The version and key that an entry of the index tells of.
    static Indexed decode(byte[] indexKey, byte[] record) {
        if (indexKey.length != 1 + Long.BYTES + Integer.BYTES || record.length < HEAD) {
            throw new StoreException(new StoreFault.Damaged("an index entry of " + record.length + " bytes"));
        }
        ByteBuffer at = ByteBuffer.wrap(indexKey, 1, indexKey.length - 1);
        long revision = at.getLong();
        int sub = at.getInt();
        ByteBuffer in = ByteBuffer.wrap(record);
        boolean deleted = in.get() == DELETED;
        long created = in.getLong();
        long number = in.getLong();
        long lease = in.getLong();
        Key key = Key.of(Arrays.copyOfRange(record, HEAD, record.length));
        return new Indexed(
                key,
                deleted ? Version.tombstone(revision, sub) : Version.stored(revision, sub, created, number, lease));
    }

    static long leaseId(byte[] leaseKey) {
        return ByteBuffer.wrap(leaseKey, 1, Long.BYTES).getLong();
    }

    static byte[] ttl(Duration ttl) {
        return number(ttl.toMillis());
    }

    private static byte[] versioned(char table, long revision, int sub) {
        return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
                .put((byte) table)
                .putLong(revision)
                .putInt(sub)
                .array();
    }

    private static byte[] meta(String name) {
        return ("m" + name).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /// A version and whose it is.
    record Indexed(Key key, Version version) {}
}
