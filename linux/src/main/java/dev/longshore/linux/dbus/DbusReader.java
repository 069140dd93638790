package dev.longshore.linux.dbus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads what [DbusWriter] writes, and nothing that is longer than what there is.
final class DbusReader {

    private final ByteBuffer in;

    /// @param in from the beginning of what alignment is counted from, in the sender's byte order
    DbusReader(ByteBuffer in) {
        this.in = in;
    }

    int octet() {
        return in.get() & 0xff;
    }

    int uint32() {
        align(Integer.BYTES);
        return in.getInt();
    }

    long uint64() {
        align(Long.BYTES);
        return in.getLong();
    }

    String text() {
        return bytes(uint32());
    }

    String signature() {
        return bytes(octet());
    }

    /// One value of a basic type, or what a variant of such a type holds.
    ///
    /// @throws DbusException for any other type
    Object value(char type) {
        return switch (type) {
            case 's', 'o' -> text();
            case 'g' -> signature();
            case 'u', 'i', 'h' -> uint32();
            case 't', 'x' -> uint64();
            case 'b' -> uint32() != 0;
            case 'v' -> {
                String signature = signature();
                if (signature.length() != 1 || signature.equals("v")) {
                    throw new DbusException("no plain value: " + signature);
                }
                yield value(signature.charAt(0));
            }
            default -> throw new DbusException("no plain value: " + type);
        };
    }

    boolean hasMore(int end) {
        return in.position() < end;
    }

    int position() {
        return in.position();
    }

    void align(int size) {
        int over = in.position() % size;
        if (over != 0) {
            in.position(Math.min(in.limit(), in.position() + size - over));
        }
    }

    private String bytes(int length) {
        if (length < 0 || length >= in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[length];
        in.get(bytes);
        in.get();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
