package dev.longshore.kinds.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longshore.base.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The messages of the official Java library, and how they and JSON become each other: written without a look at
/// our own table.
final class OfficialMessages {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String PREFIX = "k8s.io.";
    private static final String[] FILES = """
            Meta V1 V1Admissionregistration V1Apiextensions V1Apps V1Authentication V1Authorization V1Autoscaling
            V1Batch V1Certificates V1Coordination V1Discovery V1Events V1Flowcontrol V1Networking V1Node V1Policy
            V1Rbac V1Resource V1Scheduling V1Storage V2Autoscaling V1alpha1Apiserverinternal V1beta1Storagemigration
            """.strip().split("\\s+");
    private static final Map<String, String> ODD_NAMES = Map.of(
            "Expression", "expression", "Name", "name", "Webhooks", "webhooks", "aPIGroup", "apiGroup", "uID", "uid");
    /// Fields whose messages stand inline in JSON.
    private static final Set<String> INLINE = Set.of(
            "NamedRuleWithOperations.ruleWithOperations",
            "RuleWithOperations.rule",
            "ConfigMapEnvSource.localObjectReference",
            "ConfigMapKeySelector.localObjectReference",
            "ConfigMapProjection.localObjectReference",
            "ConfigMapVolumeSource.localObjectReference",
            "SecretEnvSource.localObjectReference",
            "SecretKeySelector.localObjectReference",
            "SecretProjection.localObjectReference",
            "EphemeralContainer.ephemeralContainerCommon",
            "PersistentVolumeSpec.persistentVolumeSource",
            "Probe.handler",
            "Volume.volumeSource",
            "IngressRule.ingressRuleValue",
            "DeviceAllocationConfiguration.deviceConfiguration",
            "DeviceClaimConfiguration.deviceConfiguration",
            "DeviceClassConfiguration.deviceConfiguration");

    private final Map<String, Descriptor> messages = new HashMap<>();

    OfficialMessages() {
        for (String file : FILES) {
            try {
                var descriptor = (FileDescriptor) Class.forName("io.kubernetes.client.proto." + file)
                        .getMethod("getDescriptor")
                        .invoke(null);
                descriptor.getMessageTypes().forEach(message -> messages.put(message.getFullName(), message));
            } catch (ReflectiveOperationException missing) {
                throw new AssertionError(missing);
            }
        }
    }

    /// @param name as our table has it
    Optional<Descriptor> find(String name) {
        return Optional.ofNullable(messages.get(PREFIX + name));
    }

    ObjectNode json(Descriptor type, byte[] bytes) throws InvalidProtocolBufferException {
        DynamicMessage message = DynamicMessage.parseFrom(type, bytes);
        assertNothingUnknown(message);
        return json(message);
    }

    byte[] bytes(Descriptor type, JsonNode json) {
        return build(type, json).toByteArray();
    }

    /// The JSON name of a field.
    static String name(FieldDescriptor field) {
        String name = ODD_NAMES.getOrDefault(field.getName(), field.getName());
        if (!field.getContainingType().getName().equals("JSONSchemaProps")) {
            return name;
        }
        return switch (name) {
            case "ref", "schema" -> "$" + name;
            default -> name.startsWith("xKubernetes") ? kebab(name) : name;
        };
    }

    static boolean isInline(FieldDescriptor field) {
        return INLINE.contains(field.getContainingType().getName() + "." + field.getName());
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    private static void assertNothingUnknown(DynamicMessage message) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw new AssertionError(
                    "unknown fields in " + message.getDescriptorForType().getFullName());
        }
    }

    private ObjectNode json(DynamicMessage message) {
        assertNothingUnknown(message);
        ObjectNode object = Json.object();
        for (var entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            Object value = entry.getValue();
            if (isInline(field)) {
                object.setAll(json((DynamicMessage) value));
            } else if (field.isMapField()) {
                ObjectNode map = object.withObject("/" + name(field).replace("~", "~0"));
                for (Object pair : (List<?>) value) {
                    var both = (DynamicMessage) pair;
                    FieldDescriptor inner = field.getMessageType().findFieldByNumber(2);
                    map.set(
                            (String) both.getField(field.getMessageType().findFieldByNumber(1)),
                            value(inner, both.getField(inner)));
                }
            } else if (field.isRepeated()) {
                var array = object.putArray(name(field));
                ((List<?>) value).forEach(item -> array.add(value(field, item)));
            } else {
                object.set(name(field), value(field, value));
            }
        }
        return object;
    }

    private JsonNode value(FieldDescriptor field, Object value) {
        return switch (value) {
            case String text -> NODES.stringNode(text);
            case Integer number -> NODES.numberNode(number.longValue());
            case Long number -> NODES.numberNode(number);
            case Boolean flag -> NODES.booleanNode(flag);
            case Double number -> NODES.numberNode(number);
            case ByteString bytes -> NODES.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case DynamicMessage message -> special(message).orElseGet(() -> json(message));
            default -> throw new AssertionError(field + " " + value);
        };
    }

    private Optional<JsonNode> special(DynamicMessage message) {
        return switch (message.getDescriptorForType().getName()) {
            case "Quantity" -> Optional.of(NODES.stringNode(text(message, 1)));
            case "IntOrString" ->
                Optional.of(
                        number(message, 1) == 0
                                ? NODES.numberNode(number(message, 2))
                                : NODES.stringNode(text(message, 3)));
            case "Time" -> Optional.of(NODES.stringNode(instant(message).toString()));
            case "MicroTime" ->
                Optional.of(NODES.stringNode(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(instant(message))));
            case "RawExtension", "FieldsV1", "JSON" ->
                Optional.of(Json.parse(((ByteString) field(message, 1)).toByteArray()));
            case "ExtraValue", "Verbs" -> Optional.of(json(message).withArray("items"));
            case "JSONSchemaPropsOrBool" -> {
                ObjectNode both = json(message);
                yield Optional.of(both.has("schema") ? both.get("schema") : both.get("allows"));
            }
            case "JSONSchemaPropsOrArray" -> {
                ObjectNode both = json(message);
                yield Optional.of(both.has("schema") ? both.get("schema") : both.get("jSONSchemas"));
            }
            case "JSONSchemaPropsOrStringArray" -> {
                ObjectNode both = json(message);
                yield Optional.of(both.has("schema") ? both.get("schema") : both.get("property"));
            }
            default -> Optional.empty();
        };
    }

    private static Instant instant(DynamicMessage message) {
        return Instant.ofEpochSecond(number(message, 1), number(message, 2));
    }

    private static Object field(DynamicMessage message, int number) {
        return message.getField(message.getDescriptorForType().findFieldByNumber(number));
    }

    private static long number(DynamicMessage message, int field) {
        return ((Number) field(message, field)).longValue();
    }

    private static String text(DynamicMessage message, int field) {
        return (String) field(message, field);
    }

    private DynamicMessage build(Descriptor type, JsonNode json) {
        var message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (isInline(field)) {
                message.setField(field, build(field.getMessageType(), json));
                continue;
            }
            JsonNode value = json.get(name(field));
            if (value == null) {
                continue;
            }
            if (field.isMapField()) {
                Descriptor pair = field.getMessageType();
                value.properties()
                        .forEach(entry -> message.addRepeatedField(
                                field,
                                DynamicMessage.newBuilder(pair)
                                        .setField(pair.findFieldByNumber(1), entry.getKey())
                                        .setField(
                                                pair.findFieldByNumber(2),
                                                built(pair.findFieldByNumber(2), entry.getValue()))
                                        .build()));
            } else if (field.isRepeated()) {
                value.forEach(item -> message.addRepeatedField(field, built(field, item)));
            } else {
                message.setField(field, built(field, value));
            }
        }
        return message.build();
    }

    private Object built(FieldDescriptor field, JsonNode json) {
        return switch (field.getJavaType()) {
            case STRING -> json.asString();
            case INT -> json.asInt();
            case LONG -> json.asLong();
            case BOOLEAN -> json.asBoolean();
            case DOUBLE -> json.asDouble();
            case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(json.asString()));
            case MESSAGE ->
                buildSpecial(field.getMessageType(), json).orElseGet(() -> build(field.getMessageType(), json));
            case FLOAT, ENUM -> throw new AssertionError(field.toString());
        };
    }

    private Optional<DynamicMessage> buildSpecial(Descriptor type, JsonNode json) {
        return switch (type.getName()) {
            case "Quantity" -> Optional.of(with(type, json.asString()));
            case "IntOrString" ->
                Optional.of(json.isNumber() ? with(type, 0L, json.asInt()) : with(type, 1L, 0, json.asString()));
            case "Time", "MicroTime" -> {
                Instant instant = Instant.parse(json.asString());
                yield Optional.of(with(type, instant.getEpochSecond(), instant.getNano()));
            }
            case "RawExtension", "FieldsV1", "JSON" -> Optional.of(with(type, ByteString.copyFrom(Json.bytes(json))));
            case "ExtraValue", "Verbs" -> Optional.of(build(type, Json.object().set("items", json)));
            case "JSONSchemaPropsOrBool" ->
                Optional.of(build(
                        type,
                        json.isBoolean()
                                ? Json.object().set("allows", json)
                                : Json.object().put("allows", true).set("schema", json)));
            case "JSONSchemaPropsOrArray" ->
                Optional.of(build(type, Json.object().set(json.isArray() ? "jSONSchemas" : "schema", json)));
            case "JSONSchemaPropsOrStringArray" ->
                Optional.of(build(type, Json.object().set(json.isArray() ? "property" : "schema", json)));
            default -> Optional.empty();
        };
    }

    private static DynamicMessage with(Descriptor type, Object... values) {
        var message = DynamicMessage.newBuilder(type);
        for (int i = 0; i < values.length; i++) {
            message.setField(type.findFieldByNumber(i + 1), values[i]);
        }
        return message.build();
    }
}
