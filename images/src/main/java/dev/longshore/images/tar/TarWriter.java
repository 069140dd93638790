package dev.longshore.images.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Writes an archive in the pax form: plain ustar headers, with an extended one before members that need it (long
/// or non-ASCII names, large numbers, extended attributes). The same members give the same bytes. Times are whole
/// seconds, owners are numbers. For one thread.
public final class TarWriter {

    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final long LARGEST_ID = 07777777L;
    private static final long LARGEST_SIZE = 077777777777L;
    private static final int EXTENSION_MODE = 0644;
    private static final byte[] ZEROS = new byte[64 << 10];

    private final OutputStream out;

    /// To `out`; closing is the caller's.
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /// Adds a member without content.
    public void add(TarEntry entry) throws IOException {
        if (entry.size() != 0) {
            throw new IllegalArgumentException("content is missing: " + entry.name());
        }
        header(entry);
    }

    /// Adds a file with the first `entry.size()` bytes of `content`; what is missing of it is zero, for files of
    /// running programs shrink while they are read.
    public void add(TarEntry entry, InputStream content) throws IOException {
        header(entry);
        byte[] buffer = new byte[64 << 10];
        long left = entry.size();
        while (left > 0) {
            int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                break;
            }
            out.write(buffer, 0, read);
            left -= read;
        }
        zeros(left + (-entry.size() & BLOCK - 1));
    }

    /// Ends the archive: two blocks of zeros. Flushes, does not close.
    public void finish() throws IOException {
        zeros(2 * BLOCK);
        out.flush();
    }

    private void header(TarEntry entry) throws IOException {
        Map<String, byte[]> records = records(entry);
        if (!records.isEmpty()) {
            var bytes = new ByteArrayOutputStream();
            records.forEach((key, value) -> bytes.writeBytes(record(key, value)));
            byte[] name =
                    ascii("PaxHeaders.0/" + entry.name().substring(entry.name().lastIndexOf('/') + 1));
            out.write(block(cut(name), 'x', new byte[0], bytes.size(), EXTENSION_MODE, 0, 0, 0, 0, 0));
            bytes.writeTo(out);
            zeros(-bytes.size() & BLOCK - 1);
        }
        out.write(block(
                cut(ascii(entry.name())),
                entry.type().flag(),
                cut(ascii(entry.linkName())),
                entry.size() > LARGEST_SIZE ? 0 : entry.size(),
                entry.mode(),
                entry.uid() > LARGEST_ID ? 0 : entry.uid(),
                entry.gid() > LARGEST_ID ? 0 : entry.gid(),
                Math.clamp(seconds(entry), 0, LARGEST_SIZE),
                entry.major(),
                entry.minor()));
    }

    private static Map<String, byte[]> records(TarEntry entry) {
        var records = new TreeMap<String, byte[]>();
        name("path", entry.name(), records);
        name("linkpath", entry.linkName(), records);
        number("size", entry.size(), LARGEST_SIZE, records);
        number("uid", entry.uid(), LARGEST_ID, records);
        number("gid", entry.gid(), LARGEST_ID, records);
        number("mtime", seconds(entry), LARGEST_SIZE, records);
        entry.attributes().forEach((name, value) -> records.put("SCHILY.xattr." + name, value));
        return records;
    }

    private static void name(String key, String name, Map<String, byte[]> records) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME || !Arrays.equals(bytes, ascii(name))) {
            records.put(key, bytes);
        }
    }

    private static void number(String key, long value, long largest, Map<String, byte[]> records) {
        if (value < 0 || value > largest) {
            records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// A record's length counts its own digits.
    private static byte[] record(String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        int rest = name.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        if (Integer.toString(length).length() > Integer.toString(rest).length()) {
            length++;
        }
        var record = new ByteArrayOutputStream(length);
        record.writeBytes(ascii(length + " "));
        record.writeBytes(name);
        record.write('=');
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    private static byte[] block(
            byte[] name,
            char flag,
            byte[] link,
            long size,
            int mode,
            long uid,
            long gid,
            long seconds,
            int major,
            int minor) {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, 0, name.length);
        octal(mode, block, 100, 8);
        octal(uid, block, 108, 8);
        octal(gid, block, 116, 8);
        octal(size, block, 124, 12);
        octal(seconds, block, 136, 12);
        block[156] = (byte) flag;
        System.arraycopy(link, 0, block, 157, link.length);
        System.arraycopy(ascii("ustar\00000"), 0, block, 257, 8);
        octal(major, block, 329, 8);
        octal(minor, block, 337, 8);
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte octet : block) {
            sum += octet & 0xff;
        }
        octal(sum, block, 148, 7);
        return block;
    }

    private static void octal(long value, byte[] block, int offset, int length) {
        String digits = Long.toOctalString(value);
        byte[] text = ascii("0".repeat(length - 1 - digits.length()) + digits);
        System.arraycopy(text, 0, block, offset, text.length);
        block[offset + length - 1] = 0;
    }

    private static long seconds(TarEntry entry) {
        return entry.modified().toInstant().getEpochSecond();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] cut(byte[] text) {
        return text.length > NAME ? Arrays.copyOf(text, NAME) : text;
    }

    private void zeros(long count) throws IOException {
        for (long left = count; left > 0; left -= ZEROS.length) {
            out.write(ZEROS, 0, (int) Math.min(ZEROS.length, left));
        }
    }
}
