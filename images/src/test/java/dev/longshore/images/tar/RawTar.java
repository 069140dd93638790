package dev.longshore.images.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Archives block by block, right and wrong, for tests.
public final class RawTar {

    private static final int BLOCK = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// A member with a plain ustar header.
    public RawTar member(String name, char flag, String link, String content) {
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        return header(name, flag, link, octal(body.length, 11)).body(body);
    }

    /// A file.
    public RawTar file(String name, String content) {
        return member(name, '0', "", content);
    }

    /// A directory.
    public RawTar directory(String name) {
        return member(name + "/", '5', "", "");
    }

    /// A symbolic link.
    public RawTar symlink(String name, String target) {
        return member(name, '2', target, "");
    }

    /// A hard link.
    public RawTar hardLink(String name, String target) {
        return member(name, '1', target, "");
    }

    /// A device.
    public RawTar device(String name, char flag, int major, int minor) {
        byte[] block = block(name, flag, "", octal(0, 11));
        put(block, 329, octal(major, 7));
        put(block, 337, octal(minor, 7));
        return seal(block);
    }

    /// A header alone, its size spelled as `size`.
    public RawTar header(String name, char flag, String link, byte[] size) {
        return seal(block(name, flag, link, size));
    }

    /// A header as GNU's older layout has it, with `map` at its sparse fields.
    public RawTar gnuSparse(String name, long stored, byte[] map, boolean goesOn, long realSize) {
        byte[] block = block(name, 'S', "", octal(stored, 11));
        put(block, 257, "ustar  \0".getBytes(StandardCharsets.US_ASCII));
        put(block, 386, map);
        block[482] = (byte) (goesOn ? 1 : 0);
        put(block, 483, octal(realSize, 11));
        return seal(block);
    }

    /// Content in whole blocks.
    public RawTar body(byte[] body) {
        bytes.writeBytes(body);
        bytes.writeBytes(new byte[-body.length & BLOCK - 1]);
        return this;
    }

    /// A pax header for the next member: keys and values in turn.
    public RawTar pax(String... records) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < records.length; i += 2) {
            all.writeBytes(record(records[i], records[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return extension('x', all.toByteArray());
    }

    /// A header of type `flag` (x, g, L, K) with these bytes.
    public RawTar extension(char flag, byte[] body) {
        return header("extension", flag, "", octal(body.length, 11)).body(body);
    }

    /// Bytes as they are.
    public RawTar raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /// So far, with no end mark.
    public byte[] open() {
        return bytes.toByteArray();
    }

    /// With the end mark.
    public byte[] bytes() {
        bytes.writeBytes(new byte[2 * BLOCK]);
        return bytes.toByteArray();
    }

    /// A pax record with its right length.
    public static byte[] record(String key, byte[] value) {
        int rest = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
        int length = rest;
        while (rest + Integer.toString(length).length() != length) {
            length = rest + Integer.toString(length).length();
        }
        var record = new ByteArrayOutputStream();
        record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    /// `value` in octal digits, filled up from the left.
    public static byte[] octal(long value, int digits) {
        String text = Long.toOctalString(value);
        return ("0".repeat(Math.max(0, digits - text.length())) + text).getBytes(StandardCharsets.US_ASCII);
    }

    /// `value` as GNU spells large and negative numbers, in twelve bytes.
    public static byte[] binary(long value) {
        byte[] bytes = new byte[12];
        Arrays.fill(bytes, (byte) (value < 0 ? 0xff : 0));
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[11 - i] = (byte) (value >>> 8 * i);
        }
        bytes[0] |= (byte) 0x80;
        return bytes;
    }

    private static byte[] block(String name, char flag, String link, byte[] size) {
        byte[] block = new byte[BLOCK];
        put(block, 0, cut(name));
        put(block, 100, "0000644".getBytes(StandardCharsets.US_ASCII));
        put(block, 108, octal(0, 7));
        put(block, 116, octal(0, 7));
        put(block, 124, size);
        put(block, 136, octal(1_700_000_000, 11));
        block[156] = (byte) flag;
        put(block, 157, cut(link));
        put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        return block;
    }

    private RawTar seal(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte octet : block) {
            sum += octet & 0xff;
        }
        put(block, 148, octal(sum, 6));
        block[154] = 0;
        return raw(block);
    }

    private static byte[] cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length > 100 ? Arrays.copyOf(bytes, 100) : bytes;
    }

    private static void put(byte[] block, int offset, byte[] bytes) {
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }
}
