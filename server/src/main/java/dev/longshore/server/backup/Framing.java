package dev.longshore.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// What both kinds of files have in common: they begin with 16 letters and the number of their format, numbers are
/// big-endian, and each head ends with a CRC-32C of itself, so that a flipped length is never believed.
final class Framing {

    static final int FORMAT = 1;
    static final int MAGIC_LENGTH = 16;
    static final String ARCHIVE = "longshore-backup";
    static final String SEALED = "longshore-sealed";
    /// Of a store's snapshot alone, as etcdctl saves it.
    static final String SNAPSHOT = "longshore-state\n";

    static final int PREAMBLE = MAGIC_LENGTH + 2 * Integer.BYTES;

    private Framing() {}

    static byte[] preamble(String magic) {
        return sealed(ByteBuffer.allocate(PREAMBLE)
                .put(magic.getBytes(StandardCharsets.US_ASCII))
                .putInt(FORMAT));
    }

    /// Reads and checks it.
    static byte[] readPreamble(InputStream in, String magic) throws IOException {
        byte[] preamble = read(in, PREAMBLE, "in its first bytes");
        if (!magic.equals(new String(preamble, 0, MAGIC_LENGTH, StandardCharsets.US_ASCII))) {
            throw new BackupException(new BackupFault.NotABackup("its first bytes are others"));
        }
        requireSealed(preamble, "its first bytes");
        int format = ByteBuffer.wrap(preamble).getInt(MAGIC_LENGTH);
        if (format != FORMAT) {
            throw new BackupException(new BackupFault.OtherVersion(format, FORMAT));
        }
        return preamble;
    }

    /// Puts the checksum of all before it at the end of `head`, which is full but for that.
    static byte[] sealed(ByteBuffer head) {
        head.putInt(crc(head.array(), head.position()));
        return head.array();
    }

    static ByteBuffer requireSealed(byte[] head, String where) {
        ByteBuffer read = ByteBuffer.wrap(head);
        int length = head.length - Integer.BYTES;
        if (read.getInt(length) != crc(head, length)) {
            throw altered(where);
        }
        return read;
    }

    static byte[] read(InputStream in, int length, String where) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new BackupException(new BackupFault.Truncated("it ends " + where));
        }
        return bytes;
    }

    static BackupException altered(String where) {
        return new BackupException(new BackupFault.Altered(where + " do not fit their checksum"));
    }

    static int crc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
