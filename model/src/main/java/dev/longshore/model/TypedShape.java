package dev.longshore.model;

import dev.longshore.base.Json;
import dev.longshore.model.TypedTree.Grain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a schema says to those who walk objects, resolved once: how a value is owned, what its parts are, and
/// the steps to them. Parts are resolved when they are first asked for; shapes are shared and never change.
final class TypedShape {

    private final TypedTree trees;
    private final Schema schema;
    private final Grain objectGrain;
    private final Grain listGrain;
    private final Grain nullGrain;
    private final Map<String, Part> parts = new HashMap<>();
    private final List<String> keys;
    // Racing threads write the same.
    private TypedShape items;
    private TypedShape additional;

    /// A field that the schema knows.
    private static final class Part {
        final FieldStep step;
        final Schema declared;
        TypedShape shape;

        Part(String name, Schema declared) {
            this.step = FieldStep.field(name);
            this.declared = declared;
        }
    }

    TypedShape(TypedTree trees, Schema declared) {
        this.trees = trees;
        this.schema = trees.schemas().resolve(declared);
        boolean isAtomic =
                declared.mapType().equals("atomic") || schema.mapType().equals("atomic");
        this.objectGrain = isAtomic ? Grain.ATOM : Grain.FIELDS;
        this.listGrain = switch (declared.listType().isEmpty() ? schema.listType() : declared.listType()) {
            case "map" -> Grain.KEYED;
            case "set" -> Grain.VALUES;
            default -> Grain.ATOM;
        };
        this.nullGrain = switch (schema.type()) {
            case "object" -> objectGrain;
            case "array" -> listGrain;
            default -> Grain.ATOM;
        };
        this.keys = declared.listMapKeys().isEmpty() ? schema.listMapKeys() : declared.listMapKeys();
        schema.properties().forEach((name, field) -> parts.put(name, new Part(name, field)));
    }

    Schema schema() {
        return schema;
    }

    /// How `value` is owned; null is what the schema expects.
    Grain grain(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> objectGrain;
            case ARRAY -> listGrain;
            case NULL -> nullGrain;
            default -> Grain.ATOM;
        };
    }

    /// True for the fields of a structure, false for the entries of a map.
    boolean isNamed(String name) {
        return parts.containsKey(name);
    }

    /// The step to a field or an entry.
    FieldStep step(String name) {
        Part part = parts.get(name);
        return part == null ? FieldStep.field(name) : part.step;
    }

    /// What stands under `name`; free-form objects hold anything.
    TypedShape field(String name) {
        Part part = parts.get(name);
        if (part == null) {
            return additional();
        }
        if (part.shape == null) {
            part.shape = trees.shape(part.declared);
        }
        return part.shape;
    }

    private TypedShape additional() {
        if (additional == null) {
            additional = trees.shape(schema.additional().orElse(Schema.ANYTHING));
        }
        return additional;
    }

    /// What a list holds.
    TypedShape items() {
        if (items == null) {
            items = trees.shape(schema.items().orElse(Schema.ANYTHING));
        }
        return items;
    }

    /// The step to `element` of a list of this shape.
    ///
    /// @throws TypedTree.Untyped when there is none
    FieldStep stepTo(JsonNode element) {
        return listGrain == Grain.KEYED ? keyed(element) : byValue(element);
    }

    private static FieldStep byValue(JsonNode element) {
        if (element.isObject()) {
            throw new TypedTree.Untyped("associative list without keys has an element that's a map type");
        }
        if (element.isArray()) {
            throw new TypedTree.Untyped("not supported: associative list with lists as elements");
        }
        if (element.isNull()) {
            throw new TypedTree.Untyped("associative list without keys has an element that's an explicit null");
        }
        return FieldStep.value(element);
    }

    private FieldStep keyed(JsonNode element) {
        if (element.isNull()) {
            throw new TypedTree.Untyped("associative list with keys may not have a null element");
        }
        if (!element.isObject()) {
            throw new TypedTree.Untyped("associative list with keys may not have non-map elements");
        }
        ObjectNode found = Json.object();
        for (String name : keys) {
            JsonNode value = element.get(name);
            if (value != null) {
                found.set(name, value);
            } else {
                defaultKey(name).ifPresent(known -> found.set(name, known));
            }
        }
        if (found.isEmpty()) {
            throw new TypedTree.Untyped(
                    "associative list with keys has an element that omits all key fields [\"%s\"] (and doesn't have default values for any key fields)"
                            .formatted(String.join("\" \"", keys)));
        }
        return FieldStep.keys(found);
    }

    /// What a key is that was left out: what the schema says, and required keys are zero.
    private Optional<JsonNode> defaultKey(String name) {
        Schema key = items().schema.properties().get(name);
        if (key != null && key.fallback().isPresent()) {
            return key.fallback();
        }
        if (!items().schema.required().contains(name)) {
            return Optional.empty();
        }
        return switch (items().field(name).schema.type()) {
            case "string" -> Optional.of(Json.object().stringNode(""));
            case "integer" -> Optional.of(Json.object().numberNode(0));
            default -> Optional.empty();
        };
    }
}
