package dev.longshore.store.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// How a snapshot looks. All numbers are big-endian. Every head ends with a CRC-32C of itself, so that a flipped
/// length is never believed; keys and values are covered by the checksum at the end.
///
/// ```
///   magic(16) format(4) crc(4)                                               the same in every format
///   'H' revision(8) length(4) crc(4)                    cluster…             the header
///   'L' id(8) ttl in milliseconds(8) crc(4)                                  leases
///   'K' create(8) mod(8) version(8) lease(8) length(4) length(4) crc(4)  key… value…     keys, in order
///   'E' leases(8) keys(8) crc(4)                                             the end
///   0…                                                                       to the next multiple of 512
///   SHA-256 of all before(32)
/// ```
///
/// The last two are how etcd ends its own snapshots: `etcdctl snapshot save` looks for them, by the file's size.
final class SnapshotFormat {

    static final int VERSION = 1;
    static final byte[] MAGIC = "longshore-state\n".getBytes(StandardCharsets.US_ASCII);
    static final int PREAMBLE = MAGIC.length + 2 * Integer.BYTES;
    static final int BLOCK = 512;
    static final int CHECKSUM = 32;

    static final byte HEADER = 'H';
    static final byte LEASE = 'L';
    static final byte KEY = 'K';
    static final byte END = 'E';

    private SnapshotFormat() {}

    /// How long the head of a record of this kind is, kind and checksum included; 0 for an unknown one.
    static int headLength(byte kind) {
        return switch (kind) {
            case HEADER -> 1 + Long.BYTES + Integer.BYTES + Integer.BYTES;
            case LEASE, END -> 1 + 2 * Long.BYTES + Integer.BYTES;
            case KEY -> 1 + 4 * Long.BYTES + 2 * Integer.BYTES + Integer.BYTES;
            default -> 0;
        };
    }

    /// Puts the checksum of all before it at the end of `head`, which is full but for that.
    static byte[] seal(ByteBuffer head) {
        head.putInt(crc(head.array(), head.position()));
        return head.array();
    }

    static boolean isSealed(byte[] head) {
        int length = head.length - Integer.BYTES;
        return ByteBuffer.wrap(head).getInt(length) == crc(head, length);
    }

    private static int crc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
