package dev.longshore.linux.dbus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One message on a bus (D-Bus specification, "Message Protocol"). Only plain values are written, and only the plain
/// ones at the beginning of a body are read.
///
/// @param fields of the header, by code
/// @param signature of the body
/// @param values what its plain values are, as far as they are plain
record DbusMessage(Type type, int serial, Map<Field, Object> fields, String signature, List<Object> values) {

    /// Larger ones are refused.
    static final int LARGEST = 1 << 20;

    /// So much of a message says how long it is.
    static final int PREFIX = 16;

    private static final int VERSION = 1;
    private static final int HEADER_ALIGNMENT = 8;

    DbusMessage {
        fields = Map.copyOf(fields);
        values = List.copyOf(values);
    }

    /// In the order of their codes, from 1.
    enum Type {
        METHOD_CALL,
        METHOD_RETURN,
        ERROR,
        SIGNAL
    }

    /// In the order of their codes, from 1.
    enum Field {
        PATH('o'),
        INTERFACE('s'),
        MEMBER('s'),
        ERROR_NAME('s'),
        REPLY_SERIAL('u'),
        DESTINATION('s'),
        SENDER('s'),
        SIGNATURE('g'),
        UNIX_FDS('u');

        private final char type;

        Field(char type) {
            this.type = type;
        }
    }

    String text(Field field) {
        return fields.get(field) instanceof String text ? text : "";
    }

    int number(Field field) {
        return fields.get(field) instanceof Integer number ? number : 0;
    }

    /// The first value of the body, if it is one of `type`.
    <T> Optional<T> first(Class<T> type) {
        return values.stream().limit(1).filter(type::isInstance).map(type::cast).findFirst();
    }

    byte[] encoded() {
        var body = new DbusWriter();
        for (int i = 0; i < signature.length(); i++) {
            body.value(signature.charAt(i), values.get(i));
        }
        var header = new DbusWriter();
        header.octet('l');
        header.octet(type.ordinal() + 1);
        header.octet(0);
        header.octet(VERSION);
        header.uint32(body.size());
        header.uint32(serial);
        var all = new TreeMap<>(fields);
        if (!signature.isEmpty()) {
            all.put(Field.SIGNATURE, signature);
        }
        var list = new DbusWriter();
        all.forEach((field, value) -> {
            list.align(HEADER_ALIGNMENT);
            list.octet(field.ordinal() + 1);
            list.value('v', new DbusWriter.Variant(field.type, value));
        });
        header.uint32(list.size());
        byte[] parts = list.bytes();
        for (byte part : parts) {
            header.octet(part);
        }
        header.align(HEADER_ALIGNMENT);
        for (byte part : body.bytes()) {
            header.octet(part);
        }
        return header.bytes();
    }

    /// How long the message is that begins with `prefix`.
    ///
    /// @throws DbusException when that is too long, or no message
    static int length(ByteBuffer prefix) {
        ByteBuffer in = ordered(prefix);
        long body = Integer.toUnsignedLong(in.getInt(4));
        long fields = Integer.toUnsignedLong(in.getInt(12));
        long header = (PREFIX + fields + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
        if (header + body > LARGEST) {
            throw new DbusException("a message of %d bytes is too long".formatted(header + body));
        }
        return (int) (header + body);
    }

    /// The message of exactly these bytes.
    ///
    /// @throws DbusException when they are none
    static DbusMessage decode(byte[] bytes) {
        try {
            return decode(ordered(ByteBuffer.wrap(bytes)));
        } catch (BufferUnderflowException | IndexOutOfBoundsException cut) {
            throw new DbusException("a message that ends too early", cut);
        }
    }

    private static DbusMessage decode(ByteBuffer in) {
        var header = new DbusReader(in);
        header.octet();
        int type = header.octet();
        header.octet();
        int version = header.octet();
        if (version != VERSION || type < 1 || type > Type.values().length) {
            throw new DbusException("a message of type %d, version %d".formatted(type, version));
        }
        header.uint32();
        int serial = header.uint32();
        int end = PREFIX + header.uint32();
        var fields = new TreeMap<Field, Object>();
        while (header.hasMore(end)) {
            header.align(HEADER_ALIGNMENT);
            int code = header.octet();
            Object value = header.value('v');
            if (code >= 1 && code <= Field.values().length) {
                fields.put(Field.values()[code - 1], value);
            }
        }
        header.align(HEADER_ALIGNMENT);
        String signature = fields.get(Field.SIGNATURE) instanceof String text ? text : "";
        // A body's alignment is counted from its own beginning.
        var body = new DbusReader(
                in.slice(header.position(), in.limit() - header.position()).order(in.order()));
        var values = new ArrayList<>();
        for (int i = 0; i < signature.length() && "soguihtxbv".indexOf(signature.charAt(i)) >= 0; i++) {
            values.add(body.value(signature.charAt(i)));
        }
        return new DbusMessage(Type.values()[type - 1], serial, fields, signature, values);
    }

    private static ByteBuffer ordered(ByteBuffer bytes) {
        return switch (bytes.get(0)) {
            case 'l' -> bytes.order(ByteOrder.LITTLE_ENDIAN);
            case 'B' -> bytes.order(ByteOrder.BIG_ENDIAN);
            default -> throw new DbusException("no message begins with " + bytes.get(0));
        };
    }
}
