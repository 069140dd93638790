package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads protobuf's encoding (protobuf.dev, "Encoding") piece by piece. What is cut or overlong is malformed.
final class WireReader {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private static final int MAX_SHIFT = 63;

    private final ByteBuffer bytes;

    WireReader(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    /// The next field's number and wire type, as `number << 3 | type`.
    int tag() {
        long tag = varint();
        if (tag <= 7 || tag > Integer.MAX_VALUE) {
            throw malformed("an invalid field number");
        }
        return (int) tag;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
            require(1);
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a number that does not end");
    }

    double fixed64() {
        require(Double.BYTES);
        return bytes.getDouble();
    }

    /// What is between here and the announced end, shared with the whole.
    ByteBuffer bytes() {
        long length = varint();
        if (length < 0 || length > bytes.remaining()) {
            throw malformed("an unexpected end");
        }
        ByteBuffer part = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return part;
    }

    void skip(int wireType) {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> {
                require(Long.BYTES);
                bytes.position(bytes.position() + Long.BYTES);
            }
            case BYTES -> bytes();
            case FIXED32 -> {
                require(Integer.BYTES);
                bytes.position(bytes.position() + Integer.BYTES);
            }
            default -> throw malformed("an unknown wire type");
        }
    }

    static String text(ByteBuffer part) {
        return StandardCharsets.UTF_8.decode(part.duplicate()).toString();
    }

    static byte[] copy(ByteBuffer part) {
        byte[] copy = new byte[part.remaining()];
        part.duplicate().get(copy);
        return copy;
    }

    static Json.MalformedException malformed(String what) {
        return new Json.MalformedException("protobuf: " + what, null);
    }

    private void require(int count) {
        if (bytes.remaining() < count) {
            throw malformed("an unexpected end");
        }
    }
}
