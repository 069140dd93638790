package dev.longshore.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes of what clients send what the schema knows: checks types, drops unknown fields and nulls (which the
/// reference implementation cannot represent either), spells times in one way. Thread-safe.
public final class SchemaChecker {

    private static final java.util.Set<String> NUMBERS = java.util.Set.of("int32", "int64", "float64");

    private final Schemas schemas;

    /// Checks by what `schemas` say.
    public SchemaChecker(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Cleans `object` in place.
    ///
    /// @return the paths of the fields that it did not know and dropped
    /// @throws FaultException with [Fault.BadRequest] when a value is of the wrong type
    public List<String> clean(ObjectNode object, Schema schema) {
        var walk = new Walk(
                new ArrayList<>(),
                object.path("apiVersion").asString(""),
                object.path("kind").asString(""));
        clean(object, schema, new Place("", "", ""), walk);
        return walk.unknown;
    }

    /// @param owner the definition that the field belongs to, as errors name it
    /// @param path with the indexes of lists, as `spec.containers[0].name`
    /// @param plain without them
    private record Place(String owner, String path, String plain) {
        Place field(String definition, String name) {
            return new Place(
                    definition, path.isEmpty() ? name : path + "." + name, plain.isEmpty() ? name : plain + "." + name);
        }

        /// In a map, whose keys errors do not name.
        Place entry(String key) {
            return new Place(owner, path + "." + key, plain);
        }

        Place element(int index) {
            return new Place(owner, path + "[" + index + "]", plain);
        }
    }

    private record Walk(List<String> unknown, String apiVersion, String kind) {}

    /// The value to put in the old one's place.
    private JsonNode clean(JsonNode value, Schema declared, Place place, Walk walk) {
        Schema schema = schemas.resolve(declared);
        switch (schema.type()) {
            case "object" -> {
                if (!(value instanceof ObjectNode object)) {
                    throw mismatch(value, simpleName(declared), place, walk);
                }
                cleanObject(object, schema, simpleName(declared), place, walk);
            }
            case "array" -> {
                if (!(value instanceof ArrayNode list)) {
                    throw mismatch(
                            value,
                            "[]" + schema.items().map(SchemaChecker::simpleName).orElse(""),
                            place,
                            walk);
                }
                cleanList(list, schema.items().orElse(Schema.ANYTHING), place, walk);
            }
            default -> {
                return scalar(value, schema, declared, place, walk);
            }
        }
        return value;
    }

    private void cleanObject(ObjectNode object, Schema schema, String definition, Place place, Walk walk) {
        boolean isOpen = schema.preservesUnknown()
                || schema.properties().isEmpty() && schema.additional().isEmpty();
        for (String name : List.copyOf(object.propertyNames())) {
            JsonNode value = object.get(name);
            Schema known = schema.properties().get(name);
            if (known != null) {
                if (value.isNull()) {
                    object.remove(name);
                } else {
                    replace(object, name, value, clean(value, known, place.field(definition, name), walk));
                }
            } else if (schema.additional().isPresent()) {
                Schema inner = schema.additional().get();
                if (value.isNull() && inner.type().equals("string")) {
                    object.put(name, "");
                } else if (!value.isNull()) {
                    replace(object, name, value, clean(value, inner, place.entry(name), walk));
                }
            } else if (!isOpen) {
                walk.unknown.add(place.field(definition, name).path);
                object.remove(name);
            }
        }
    }

    private static void replace(ObjectNode object, String name, JsonNode before, JsonNode after) {
        if (before != after) {
            object.set(name, after);
        }
    }

    private void cleanList(ArrayNode list, Schema items, Place place, Walk walk) {
        for (int i = 0; i < list.size(); i++) {
            JsonNode before = list.get(i);
            if (!before.isNull()) {
                JsonNode after = clean(before, items, place.element(i), walk);
                if (before != after) {
                    list.set(i, after);
                }
            }
        }
    }

    private static JsonNode scalar(JsonNode value, Schema schema, Schema declared, Place place, Walk walk) {
        boolean fits =
                switch (schema.type()) {
                    case "string" ->
                        switch (schema.format()) {
                            case "int-or-string" -> value.isString() || isCount(value, walk);
                            case "quantity" -> value.isNumber() || value.isString();
                            default -> value.isString();
                        };
                    case "boolean" -> value.isBoolean();
                    case "integer" -> value.isIntegralNumber() && inRange(value, schema.format());
                    case "number" -> value.isNumber();
                    default -> true;
                };
        if (!fits) {
            throw mismatch(value, goType(schema), place, walk);
        }
        return switch (schema.format()) {
            case "date-time" -> time(value, declared, walk);
            case "quantity" -> quantity(value, walk);
            case "byte" -> {
                try {
                    GoBase64.decode(value.asString());
                    yield value;
                } catch (IllegalArgumentException none) {
                    throw unreadable(none.getMessage(), walk);
                }
            }
            default -> value;
        };
    }

    /// Such a value reads itself, too.
    private static JsonNode quantity(JsonNode value, Walk walk) {
        try {
            Quantity.parse(value.asString());
        } catch (IllegalArgumentException none) {
            throw unreadable(none.getMessage(), walk);
        }
        return value;
    }

    /// Such a value reads itself, and does not know which field it is in.
    private static boolean isCount(JsonNode value, Walk walk) {
        if (value.isNumber() && !(value.isIntegralNumber() && value.canConvertToInt())) {
            throw unreadable("json: cannot unmarshal number " + value + " into Go value of type int32", walk);
        }
        return value.isNumber();
    }

    private static JsonNode time(JsonNode value, Schema declared, Walk walk) {
        boolean isMicro =
                declared.reference().filter(name -> name.endsWith(".MicroTime")).isPresent();
        Optional<String> normal = Times.normalize(value.asString(), isMicro);
        if (normal.isEmpty()) {
            throw unreadable(
                    "parsing time \"%s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it".formatted(value.asString()),
                    walk);
        }
        return normal.get().equals(value.asString())
                ? value
                : tools.jackson.databind.node.StringNode.valueOf(normal.get());
    }

    private static boolean inRange(JsonNode value, String format) {
        return format.equals("int32") ? value.canConvertToInt() : value.canConvertToLong();
    }

    private static String goType(Schema schema) {
        return switch (schema.type()) {
            case "integer" -> schema.format().isEmpty() ? "int64" : schema.format();
            case "number" -> "float64";
            case "boolean" -> "bool";
            default -> schema.type();
        };
    }

    private static String simpleName(Schema schema) {
        return schema.reference()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .orElse(schema.type().equals("object") ? "map[string]string" : goType(schema));
    }

    private static FaultException mismatch(JsonNode value, String expected, Place place, Walk walk) {
        String got =
                switch (value.getNodeType()) {
                    case NUMBER -> NUMBERS.contains(expected) ? "number " + value : "number";
                    case STRING -> "string";
                    case BOOLEAN -> "bool";
                    case ARRAY -> "array";
                    default -> "object";
                };
        String owner = place.owner.isEmpty() ? walk.kind : place.owner;
        return unreadable(
                "json: cannot unmarshal %s into Go struct field %s.%s of type %s"
                        .formatted(got, owner, place.plain, expected),
                walk);
    }

    private static FaultException unreadable(String why, Walk walk) {
        String version = walk.apiVersion.substring(walk.apiVersion.indexOf('/') + 1);
        return new FaultException(new Fault.BadRequest(
                "%s in version \"%s\" cannot be handled as a %s: %s".formatted(walk.kind, version, walk.kind, why)));
    }
}
