package dev.longshore.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Reads one of RocksDB's logs (write-ahead or MANIFEST), which are blocks of 32 KiB full of records, each with a
/// masked CRC-32C of its own (the format of LevelDB's logs, with RocksDB's further types). An incomplete record at
/// the end is what a killed writer leaves, and no fault.
final class LogFile {

    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int RECYCLABLE_HEADER = 11;
    private static final int MASK = 0xa282ead8;

    private LogFile() {}

    /// What is wrong with `file`; nothing if every record fits its checksum.
    static Optional<String> fault(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BLOCK)) {
            for (long start = 0; ; start += BLOCK) {
                byte[] block = in.readNBytes(BLOCK);
                Optional<String> fault = fault(block, start);
                if (fault.isPresent() || block.length < BLOCK) {
                    return fault;
                }
            }
        }
    }

    private static Optional<String> fault(byte[] block, long start) {
        ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (block.length - at >= HEADER) {
            int length = Short.toUnsignedInt(in.getShort(at + 4));
            int type = Byte.toUnsignedInt(block[at + 6]);
            if (type == 0 && length == 0) {
                // Room that was taken ahead.
                return isZero(block, at)
                        ? Optional.empty()
                        : Optional.of(at(start + at, "has something in its padding"));
            }
            int header = isRecyclable(type) ? RECYCLABLE_HEADER : HEADER;
            int end = at + header + length;
            if (end > block.length) {
                return block.length < BLOCK
                        ? Optional.empty()
                        : Optional.of(at(start + at, "has a record that is too long"));
            }
            var crc = new CRC32C();
            crc.update(block, at + 6, end - at - 6);
            if (in.getInt(at) != masked((int) crc.getValue())) {
                return Optional.of(at(start + at, "has a record that does not fit its checksum"));
            }
            at = end;
        }
        return Optional.empty();
    }

    private static String at(long offset, String what) {
        return "%s, at byte %d".formatted(what, offset);
    }

    private static boolean isZero(byte[] block, int from) {
        return Arrays.equals(block, from, block.length, new byte[block.length - from], 0, block.length - from);
    }

    private static boolean isRecyclable(int type) {
        return type >= 5 && type <= 8 || type == 11 || type == 131;
    }

    private static int masked(int crc) {
        return (crc >>> 15 | crc << 17) + MASK;
    }
}
