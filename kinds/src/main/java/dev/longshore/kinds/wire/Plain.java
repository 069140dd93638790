package dev.longshore.kinds.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// The last value of each field of a message whose table we carry in the head.
record Plain(Map<Integer, Long> numbers, Map<Integer, ByteBuffer> parts) {

    static Plain of(ByteBuffer bytes) {
        var plain = new Plain(new HashMap<>(), new HashMap<>());
        var reader = new WireReader(bytes);
        while (reader.hasMore()) {
            int tag = reader.tag();
            switch (tag & 7) {
                case WireReader.VARINT -> plain.numbers.put(tag >>> 3, reader.varint());
                case WireReader.BYTES -> plain.parts.put(tag >>> 3, reader.bytes());
                default -> reader.skip(tag & 7);
            }
        }
        return plain;
    }

    boolean isEmpty() {
        return numbers.isEmpty() && parts.isEmpty();
    }

    long number(int field) {
        return numbers.getOrDefault(field, 0L);
    }

    String text(int field) {
        ByteBuffer part = parts.get(field);
        return part == null ? "" : WireReader.text(part);
    }

    byte[] bytes(int field) {
        ByteBuffer part = parts.get(field);
        return part == null ? new byte[0] : WireReader.copy(part);
    }
}
