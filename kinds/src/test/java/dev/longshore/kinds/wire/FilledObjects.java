package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Objects in which every field that the schema knows has a value, none of them the empty one.
final class FilledObjects {

    private static final int ITEMS = 2;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Schemas schemas;
    private final Deque<String> open = new ArrayDeque<>();
    private int count;

    FilledObjects(Schemas schemas) {
        this.schemas = schemas;
    }

    ObjectNode of(GroupVersionKind kind, String schema) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        object.setAll((ObjectNode) value(Schema.reference(schema)));
        return object;
    }

    private JsonNode value(Schema schema) {
        count++;
        if (schema.reference().isPresent()) {
            return named(schema.reference().get());
        }
        return switch (schema.type()) {
            case "string" -> text(schema.format());
            case "integer" -> NODES.numberNode(count % 2 == 0 ? count : -(long) count);
            case "number" -> NODES.numberNode(count + 0.5);
            case "boolean" -> NODES.booleanNode(true);
            case "array" -> list(schema);
            case "object" -> object(schema);
            default -> raw();
        };
    }

    private JsonNode named(String name) {
        String simple = name.substring(name.lastIndexOf('.') + 1);
        return switch (simple) {
            case "Quantity" -> NODES.stringNode(count + "m");
            case "IntOrString" -> count % 2 == 0 ? NODES.numberNode(count) : NODES.stringNode(count + "%");
            case "Time" -> NODES.stringNode("2026-01-02T03:04:%02dZ".formatted(count % 60));
            case "MicroTime" -> NODES.stringNode("2026-01-02T03:04:05.%06dZ".formatted(count));
            case "RawExtension", "FieldsV1" -> raw();
            case "JSON" -> NODES.stringNode("any" + count);
            case "JSONSchemaPropsOrBool" -> count % 2 == 0 ? NODES.booleanNode(true) : nested(name, "JSONSchemaProps");
            case "JSONSchemaPropsOrArray" -> count % 2 == 0 ? nested(name, "JSONSchemaProps") : schemas(name);
            case "JSONSchemaPropsOrStringArray" ->
                count % 2 == 0
                        ? nested(name, "JSONSchemaProps")
                        : Json.array().add("a").add("b");
            default -> {
                boolean isTooDeep = open.stream().filter(name::equals).count() > 1;
                if (isTooDeep) {
                    yield Json.object();
                }
                open.push(name);
                JsonNode value = value(schemas.find(name).orElseThrow(() -> new AssertionError("no " + name)));
                open.pop();
                yield value;
            }
        };
    }

    private JsonNode nested(String name, String simple) {
        return named(name.substring(0, name.lastIndexOf('.') + 1) + simple);
    }

    private ArrayNode schemas(String name) {
        return Json.array().add(nested(name, "JSONSchemaProps")).add(nested(name, "JSONSchemaProps"));
    }

    private JsonNode text(String format) {
        return switch (format) {
            case "byte" -> NODES.stringNode("AP8" + (char) ('A' + count % 26 / 4 * 4));
            case "date-time" -> NODES.stringNode("2026-01-02T03:04:05Z");
            case "quantity" -> NODES.stringNode(count + "Mi");
            case "int-or-string" -> NODES.numberNode(count);
            default -> NODES.stringNode("text " + count + " äß€😀");
        };
    }

    private ArrayNode list(Schema schema) {
        ArrayNode list = Json.array();
        for (int i = 0; i < ITEMS; i++) {
            list.add(value(schema.items().orElseThrow()));
        }
        return list;
    }

    private JsonNode object(Schema schema) {
        if (schema.additional().isPresent()) {
            ObjectNode map = Json.object();
            map.set("key/" + count, value(schema.additional().get()));
            map.set("other", value(schema.additional().get()));
            return map;
        }
        ObjectNode object = Json.object();
        schema.properties().forEach((name, inner) -> object.set(name, value(inner)));
        boolean isWhole = object.has("kind") && object.has("apiVersion") && object.has("metadata");
        if (isWhole) {
            // Messages do not tell what they are.
            object.remove(List.of("kind", "apiVersion"));
        }
        return object;
    }

    private static ObjectNode raw() {
        ObjectNode raw = Json.object().put("a", 1);
        raw.putObject("b").putArray("c").add("ä").add(true).addNull();
        return raw;
    }
}
