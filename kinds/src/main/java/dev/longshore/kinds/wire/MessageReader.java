package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import dev.longshore.kinds.wire.Messages.Field;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns messages into the trees that JSON would have given.
///
/// The two forms differ in what they leave out. Go writes every plain field, also empty ones, and of pointers
/// those that are set; a reader cannot tell them apart. In JSON, empty plain fields are mostly left out: so
/// they are dropped here, but for those that are pointers in Go and mean something when they are empty
/// ([#POINTERS]).
record MessageReader(Messages messages) {

    static final MessageReader TABLED = new MessageReader(Messages.load());

    private static final int MAX_DEPTH = 100;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final Set<String> POINTERS = Set.of(
            "activeDeadlineSeconds",
            "allocateLoadBalancerNodePorts",
            "allowPrivilegeEscalation",
            "allowVolumeExpansion",
            "attachRequired",
            "automountServiceAccountToken",
            "averageUtilization",
            "backoffLimit",
            "backoffLimitPerIndex",
            "completions",
            "defaultMode",
            "deletionGracePeriodSeconds",
            "enableServiceLinks",
            "expirationSeconds",
            "failedJobsHistoryLimit",
            "fsGroup",
            "gracePeriodSeconds",
            "hostUsers",
            "immutable",
            "maxFailedIndexes",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "minReplicas",
            "mode",
            "optional",
            "orphanDependents",
            "parallelism",
            "partition",
            "podInfoOnMount",
            "priority",
            "progressDeadlineSeconds",
            "readOnlyRootFilesystem",
            "replicas",
            "revisionHistoryLimit",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
            "shareProcessNamespace",
            "stabilizationWindowSeconds",
            "startingDeadlineSeconds",
            "storageClassName",
            "successfulJobsHistoryLimit",
            "suspend",
            "terminationGracePeriodSeconds",
            "tolerationSeconds",
            "ttlSecondsAfterFinished",
            "value");

    /// @param depth of the message in the body; what is nested too deeply is refused
    ObjectNode read(String message, ByteBuffer bytes, int depth) {
        if (depth > MAX_DEPTH) {
            throw WireReader.malformed("too deeply nested");
        }
        ObjectNode object = Json.object();
        Map<Integer, Field> fields = messages.fields(message);
        var reader = new WireReader(bytes);
        while (reader.hasMore()) {
            int tag = reader.tag();
            Field field = fields.get(tag >>> 3);
            if (field == null) {
                reader.skip(tag & 7);
            } else if (field.isMap()) {
                entry(object.withObject(field.name()), field, reader.bytes(), depth);
            } else if (field.isInline()) {
                object.setAll(read(field.message().orElseThrow(), reader.bytes(), depth + 1));
            } else {
                value(field.type(), field.name(), tag & 7, reader, depth).ifPresent(value -> put(object, field, value));
            }
        }
        return object;
    }

    private static void put(ObjectNode object, Field field, JsonNode value) {
        if (field.isRepeated()) {
            object.withArray(field.name()).add(value);
        } else if (!isLeftOut(field, value)) {
            object.set(field.name(), value);
        }
    }

    private static boolean isLeftOut(Field field, JsonNode value) {
        if (POINTERS.contains(field.name())) {
            return false;
        }
        return switch (field.type()) {
            case "s", "y" -> value.asString().isEmpty();
            case "i", "d" -> value.asDouble() == 0;
            case "b" -> !value.asBoolean();
            // A port that is not set: everywhere else zero is a number like any other.
            default -> field.name().equals("targetPort") && value.isNumber() && value.asInt() == 0;
        };
    }

    private void entry(ObjectNode map, Field field, ByteBuffer bytes, int depth) {
        var reader = new WireReader(bytes);
        String key = "";
        Optional<JsonNode> value = Optional.empty();
        while (reader.hasMore()) {
            int tag = reader.tag();
            switch (tag >>> 3) {
                case 1 -> key = WireReader.text(reader.bytes());
                case 2 -> value = value(field.type(), field.name(), tag & 7, reader, depth);
                default -> reader.skip(tag & 7);
            }
        }
        map.set(key, value.orElseGet(() -> NODES.stringNode("")));
    }

    /// Empty for messages that mean that there is nothing.
    private Optional<JsonNode> value(String type, String name, int wireType, WireReader reader, int depth) {
        int expected =
                switch (type) {
                    case "i", "b" -> WireReader.VARINT;
                    case "d" -> WireReader.FIXED64;
                    default -> WireReader.BYTES;
                };
        if (wireType != expected) {
            throw WireReader.malformed("field " + name + " has an unexpected wire type");
        }
        return switch (type) {
            case "s" -> Optional.of(NODES.stringNode(WireReader.text(reader.bytes())));
            case "i" -> Optional.of(NODES.numberNode(reader.varint()));
            case "b" -> Optional.of(NODES.booleanNode(reader.varint() != 0));
            case "d" -> Optional.of(NODES.numberNode(reader.fixed64()));
            case "y" ->
                Optional.of(NODES.stringNode(Base64.getEncoder().encodeToString(WireReader.copy(reader.bytes()))));
            default -> message(type.substring(1), reader.bytes(), depth);
        };
    }

    private Optional<JsonNode> message(String message, ByteBuffer bytes, int depth) {
        String simple = message.substring(message.lastIndexOf('.') + 1);
        return switch (simple) {
            case "Quantity" -> Optional.of(NODES.stringNode(Plain.of(bytes).text(1)));
            case "IntOrString" -> {
                Plain plain = Plain.of(bytes);
                yield Optional.of(
                        plain.number(1) == 0
                                ? NODES.numberNode((int) plain.number(2))
                                : NODES.stringNode(plain.text(3)));
            }
            case "Time" -> time(bytes, SECONDS);
            case "MicroTime" -> time(bytes, MICROS);
            case "Duration" ->
                Optional.of(NODES.stringNode(
                        Duration.ofNanos(Plain.of(bytes).number(1)).toSeconds() + "s"));
            case "RawExtension", "FieldsV1", "JSON" -> raw(bytes, depth + 1);
            case "ExtraValue", "Verbs" -> {
                ObjectNode wrapper = read(message, bytes, depth + 1);
                yield Optional.of(wrapper.path("items") instanceof ArrayNode items ? items : Json.array());
            }
            case "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray" ->
                Optional.of(choice(read(message, bytes, depth + 1)));
            default -> Optional.of(read(message, bytes, depth + 1));
        };
    }

    /// A schema, or what may stand in its place.
    private static JsonNode choice(ObjectNode wrapper) {
        for (String alternative : List.of("schema", "jSONSchemas", "property", "allows")) {
            if (wrapper.has(alternative)) {
                return wrapper.get(alternative);
            }
        }
        return NODES.booleanNode(false);
    }

    private static Optional<JsonNode> time(ByteBuffer bytes, DateTimeFormatter format) {
        Plain plain = Plain.of(bytes);
        return plain.isEmpty()
                ? Optional.empty()
                : Optional.of(NODES.stringNode(format.format(Instant.ofEpochSecond(plain.number(1), plain.number(2)))));
    }

    /// Bytes that are JSON, or another enveloped object.
    private static Optional<JsonNode> raw(ByteBuffer bytes, int depth) {
        byte[] raw = Plain.of(bytes).bytes(1);
        if (raw.length == 0) {
            return Optional.empty();
        }
        return Optional.of(ProtobufCodec.isWrapped(raw) ? ProtobufCodec.unwrap(raw, depth) : Json.parse(raw));
    }
}
