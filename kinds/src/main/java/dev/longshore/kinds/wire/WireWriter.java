package dev.longshore.kinds.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes protobuf's encoding (protobuf.dev, "Encoding") into a buffer that grows.
///
/// What has a length is begun, written and ended: one byte is kept for the length, and what was written moves up
/// when that is not enough, which most messages never need.
final class WireWriter {

    private byte[] bytes;
    private int size;

    WireWriter(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    void tag(int number, int wireType) {
        varint((long) number << 3 | wireType);
    }

    void varint(long value) {
        require(10);
        size = putVarint(size, value);
    }

    void fixed64(double value) {
        require(Double.BYTES);
        long bits = Double.doubleToLongBits(value);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            bytes[size++] = (byte) (bits >>> shift);
        }
    }

    /// @return what [#end] needs
    int begin() {
        require(1);
        return size++;
    }

    void end(int start) {
        int length = size - start - 1;
        int more = sizeOf(length) - 1;
        if (more > 0) {
            require(more);
            System.arraycopy(bytes, start + 1, bytes, start + 1 + more, length);
            size += more;
        }
        putVarint(start, length);
    }

    /// A length and that many bytes.
    void bytes(byte[] value) {
        bytes(value, 0, value.length);
    }

    void bytes(byte[] value, int offset, int length) {
        varint(length);
        raw(value, offset, length);
    }

    /// Bytes as they are.
    void raw(byte[] value, int offset, int length) {
        require(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
    }

    void text(String value) {
        int length = value.length();
        int start = begin();
        require(length);
        for (int i = 0; i < length; i++) {
            char letter = value.charAt(i);
            if (letter >= 0x80) {
                size = start;
                bytes(value.getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[size++] = (byte) letter;
        }
        end(start);
    }

    void text(char[] value, int offset, int length) {
        int start = begin();
        require(length);
        for (int i = offset; i < offset + length; i++) {
            char letter = value[i];
            if (letter >= 0x80) {
                size = start;
                bytes(new String(value, offset, length).getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[size++] = (byte) letter;
        }
        end(start);
    }

    private int putVarint(int at, long value) {
        int position = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[position++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[position++] = (byte) rest;
        return position;
    }

    private static int sizeOf(int length) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(length | 1) + 6) / 7;
    }

    private void require(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
        }
    }
}
