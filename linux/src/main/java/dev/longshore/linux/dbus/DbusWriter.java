package dev.longshore.linux.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Values in D-Bus' format, lowest byte first. Each is aligned to its own size, counted from the beginning.
final class DbusWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void octet(int value) {
        out.write(value);
    }

    void uint32(int value) {
        align(Integer.BYTES);
        for (int i = 0; i < Integer.BYTES; i++) {
            out.write(value >>> 8 * i);
        }
    }

    void uint64(long value) {
        align(Long.BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        uint32(bytes.length);
        out.writeBytes(bytes);
        out.write(0);
    }

    void signature(String value) {
        out.write(value.length());
        out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
        out.write(0);
    }

    /// One value of a basic type, or a variant, which is given as a [Variant].
    void value(char type, Object value) {
        switch (type) {
            case 's', 'o' -> text((String) value);
            case 'g' -> signature((String) value);
            case 'u', 'i', 'h' -> uint32((Integer) value);
            case 't', 'x' -> uint64((Long) value);
            case 'b' -> uint32(Boolean.TRUE.equals(value) ? 1 : 0);
            case 'v' -> {
                var variant = (Variant) value;
                signature(String.valueOf(variant.type()));
                value(variant.type(), variant.value());
            }
            default -> throw new IllegalArgumentException("cannot write a D-Bus value of type " + type);
        }
    }

    void align(int size) {
        while (out.size() % size != 0) {
            out.write(0);
        }
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /// A value that carries its type.
    record Variant(char type, Object value) {}
}
