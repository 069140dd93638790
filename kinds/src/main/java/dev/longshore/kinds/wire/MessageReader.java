package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns messages into the trees that JSON would have given.
///
/// The two forms differ in what they leave out. Go writes every plain field, also empty ones, and of pointers
/// those that are set. In JSON, empty plain fields are mostly left out: so they are dropped here, as the table says.
record MessageReader(Messages messages) {

    static final MessageReader TABLED = new MessageReader(Messages.table());

    private static final int MAX_DEPTH = 100;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /// @param depth of the message in the body; what is nested too deeply is refused
    ObjectNode read(Message message, ByteBuffer bytes, int depth) {
        ObjectNode object = Json.object();
        read(object, message, bytes, depth);
        return object;
    }

    private void read(ObjectNode object, Message message, ByteBuffer bytes, int depth) {
        if (depth > MAX_DEPTH) {
            throw WireReader.malformed("too deeply nested");
        }
        var reader = new WireReader(bytes);
        while (reader.hasMore()) {
            int tag = reader.tag();
            Optional<Field> known = message.field(tag >>> 3);
            if (known.isEmpty()) {
                reader.skip(tag & 7);
                continue;
            }
            Field field = known.get();
            if (field.isMap()) {
                entry(object.withObject(field.name()), field, part(field, tag & 7, reader), depth);
            } else if (field.isInline()) {
                read(object, messages.find(field.message()), part(field, tag & 7, reader), depth + 1);
            } else {
                value(field, tag & 7, reader, depth).ifPresent(value -> put(object, field, value));
            }
        }
    }

    private static ByteBuffer part(Field field, int wireType, WireReader reader) {
        require(field, wireType, WireReader.BYTES);
        return reader.bytes();
    }

    private static void require(Field field, int wireType, int expected) {
        if (wireType != expected) {
            throw WireReader.malformed("field " + field.name() + " has an unexpected wire type");
        }
    }

    private static void put(ObjectNode object, Field field, JsonNode value) {
        if (field.isRepeated()) {
            object.withArray(field.name()).add(value);
        } else if (field.type() == Field.Type.MESSAGE && object.get(field.name()) instanceof ObjectNode before) {
            // Pieces of one message are one message.
            before.setAll((ObjectNode) value);
        } else if (isLeftOut(field, value)) {
            object.remove(field.name());
        } else {
            object.set(field.name(), value);
        }
    }

    private static boolean isLeftOut(Field field, JsonNode value) {
        if (field.isPointer() || field.isAlways()) {
            return false;
        }
        return switch (field.type()) {
            case TEXT, BYTES -> value.asString().isEmpty();
            case INTEGER, REAL -> value.asDouble() == 0;
            case FLAG -> !value.asBoolean();
            case NUMBER_OR_TEXT -> value.isNumber() && value.asInt() == 0;
            default -> false;
        };
    }

    private void entry(ObjectNode map, Field field, ByteBuffer bytes, int depth) {
        var reader = new WireReader(bytes);
        String key = "";
        Optional<JsonNode> value = Optional.empty();
        while (reader.hasMore()) {
            int tag = reader.tag();
            switch (tag >>> 3) {
                case 1 -> key = WireReader.text(part(field, tag & 7, reader));
                case 2 -> value = value(field, tag & 7, reader, depth);
                default -> reader.skip(tag & 7);
            }
        }
        map.set(key, value.orElseGet(() -> empty(field)));
    }

    private static JsonNode empty(Field field) {
        return switch (field.type()) {
            case TEXT, BYTES -> NODES.stringNode("");
            case INTEGER, REAL -> NODES.numberNode(0);
            case FLAG -> NODES.booleanNode(false);
            case QUANTITY -> NODES.stringNode("0");
            case TEXTS, VERBS -> Json.array();
            case RAW, JSON -> NODES.nullNode();
            default -> Json.object();
        };
    }

    /// Empty for messages that mean that there is nothing.
    private Optional<JsonNode> value(Field field, int wireType, WireReader reader, int depth) {
        require(field, wireType, field.type().wireType());
        return switch (field.type()) {
            case TEXT -> Optional.of(NODES.stringNode(WireReader.text(reader.bytes())));
            case INTEGER -> Optional.of(number(reader.varint()));
            case FLAG -> Optional.of(NODES.booleanNode(reader.varint() != 0));
            case REAL -> Optional.of(number(reader.fixed64()));
            case BYTES ->
                Optional.of(NODES.stringNode(Base64.getEncoder().encodeToString(WireReader.copy(reader.bytes()))));
            default -> message(field, reader.bytes(), depth);
        };
    }

    /// As parsing JSON would make it: numbers of different Java types are never equal.
    private static JsonNode number(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    /// Whole numbers are spelled without a fraction, as Go does.
    private static JsonNode number(double value) {
        return value == (long) value ? number((long) value) : NODES.numberNode(value);
    }

    private Optional<JsonNode> message(Field field, ByteBuffer bytes, int depth) {
        return switch (field.type()) {
            case QUANTITY -> Optional.of(NODES.stringNode(Plain.of(bytes).text(1)));
            case NUMBER_OR_TEXT -> {
                Plain plain = Plain.of(bytes);
                yield Optional.of(
                        plain.number(1) == 0
                                ? NODES.numberNode((int) plain.number(2))
                                : NODES.stringNode(plain.text(3)));
            }
            case TIME -> time(bytes, SECONDS);
            case MICRO_TIME -> time(bytes, MICROS);
            case RAW, FIELD_SET, JSON -> raw(bytes, depth + 1);
            case TEXTS, VERBS -> Optional.of(texts(bytes));
            case SCHEMA_OR_LIST, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS -> Optional.of(schemaOr(field, bytes, depth + 1));
            default -> Optional.of(read(messages.find(field.message()), bytes, depth + 1));
        };
    }

    private static ArrayNode texts(ByteBuffer bytes) {
        ArrayNode texts = Json.array();
        var reader = new WireReader(bytes);
        while (reader.hasMore()) {
            int tag = reader.tag();
            if (tag == (1 << 3 | WireReader.BYTES)) {
                texts.add(WireReader.text(reader.bytes()));
            } else {
                reader.skip(tag & 7);
            }
        }
        return texts;
    }

    /// A schema, or what may stand in its place: schemas, texts or a flag.
    private JsonNode schemaOr(Field field, ByteBuffer bytes, int depth) {
        boolean orFlag = field.type() == Field.Type.SCHEMA_OR_FLAG;
        Message schema = messages.find(field.message().replaceFirst("Or[A-Z].*$", ""));
        JsonNode result = orFlag ? NODES.booleanNode(false) : Json.array();
        var reader = new WireReader(bytes);
        while (reader.hasMore()) {
            int tag = reader.tag();
            int number = tag >>> 3;
            if ((tag & 7) == WireReader.VARINT) {
                boolean allows = reader.varint() != 0;
                result = result.isObject() ? result : NODES.booleanNode(allows);
            } else if ((tag & 7) != WireReader.BYTES) {
                reader.skip(tag & 7);
            } else if (number == (orFlag ? 2 : 1)) {
                result = read(schema, reader.bytes(), depth + 1);
            } else if (result instanceof ArrayNode list) {
                ByteBuffer item = reader.bytes();
                list.add(
                        field.type() == Field.Type.SCHEMA_OR_TEXTS
                                ? NODES.stringNode(WireReader.text(item))
                                : read(schema, item, depth + 1));
            } else {
                reader.skip(tag & 7);
            }
        }
        return result;
    }

    private static Optional<JsonNode> time(ByteBuffer bytes, DateTimeFormatter format) {
        Plain plain = Plain.of(bytes);
        return plain.isEmpty()
                ? Optional.empty()
                : Optional.of(NODES.stringNode(format.format(instant(plain.number(1), plain.number(2)))));
    }

    private static Instant instant(long seconds, long nanos) {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (java.time.DateTimeException | ArithmeticException outOfRange) {
            throw WireReader.malformed("a time out of range");
        }
    }

    /// Bytes that are JSON, or another enveloped object.
    private static Optional<JsonNode> raw(ByteBuffer bytes, int depth) {
        byte[] raw = Plain.of(bytes).bytes(1);
        if (raw.length == 0) {
            return Optional.empty();
        }
        return Optional.of(Envelope.isWrapped(raw) ? ProtobufCodec.unwrap(raw, depth) : Json.parse(raw));
    }
}
