package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Trees under a schema that says of each list and map whether its parts can have different owners: what is
/// one value, what is many, and by which steps the parts are known.
record TypedTree(Schemas schemas) {

    /// How a value is owned.
    enum Grain {
        /// As a whole.
        ATOM,
        /// Field by field.
        FIELDS,
        /// A list, element by element, known by keys.
        KEYED,
        /// A list, element by element, known by themselves.
        VALUES;

        boolean isList() {
            return this == KEYED || this == VALUES;
        }
    }

    /// What grain a value of its own kind has; null takes that which the schema says.
    Grain grain(JsonNode value, Schema declared) {
        Schema schema = schemas.resolve(declared);
        if (value.isObject()) {
            return objectGrain(declared, schema);
        }
        if (value.isArray()) {
            return listGrain(declared, schema);
        }
        if (!value.isNull()) {
            return Grain.ATOM;
        }
        return switch (schema.type()) {
            case "object" -> objectGrain(declared, schema);
            case "array" -> listGrain(declared, schema);
            default -> Grain.ATOM;
        };
    }

    private static Grain objectGrain(Schema declared, Schema schema) {
        boolean isAtomic =
                declared.mapType().equals("atomic") || schema.mapType().equals("atomic");
        return isAtomic ? Grain.ATOM : Grain.FIELDS;
    }

    private static Grain listGrain(Schema declared, Schema schema) {
        String type = declared.listType().isEmpty() ? schema.listType() : declared.listType();
        return switch (type) {
            case "map" -> Grain.KEYED;
            case "set" -> Grain.VALUES;
            default -> Grain.ATOM;
        };
    }

    /// What the schema says of the part called `name`; free-form objects hold anything.
    Schema field(Schema resolved, String name) {
        Schema known = resolved.properties().get(name);
        return known != null ? known : resolved.additional().orElse(Schema.ANYTHING);
    }

    /// What the schema says of a list's elements.
    Schema items(Schema list) {
        return schemas.resolve(list).items().orElse(Schema.ANYTHING);
    }

    /// True for a value that is one place, whatever its schema says of its parts: it has none.
    static boolean isHollow(JsonNode value) {
        return value.isNull() || value.isContainer() && value.isEmpty();
    }

    /// The step to `element` of a list of `grain`.
    ///
    /// @throws Untyped when there is none
    FieldStep step(JsonNode element, Schema list, Grain grain) {
        return grain == Grain.KEYED ? keyed(element, list) : byValue(element);
    }

    private static FieldStep byValue(JsonNode element) {
        if (element.isObject()) {
            throw new Untyped("associative list without keys has an element that's a map type");
        }
        if (element.isArray()) {
            throw new Untyped("not supported: associative list with lists as elements");
        }
        if (element.isNull()) {
            throw new Untyped("associative list without keys has an element that's an explicit null");
        }
        return FieldStep.value(element);
    }

    private FieldStep keyed(JsonNode element, Schema list) {
        if (element.isNull()) {
            throw new Untyped("associative list with keys may not have a null element");
        }
        if (!element.isObject()) {
            throw new Untyped("associative list with keys may not have non-map elements");
        }
        ObjectNode keys = Json.object();
        Schema resolved = schemas.resolve(list);
        var names = list.listMapKeys().isEmpty() ? resolved.listMapKeys() : list.listMapKeys();
        for (String name : names) {
            JsonNode value = element.get(name);
            if (value != null) {
                keys.set(name, value);
            } else {
                defaultKey(name, items(list)).ifPresent(known -> keys.set(name, known));
            }
        }
        if (keys.isEmpty()) {
            throw new Untyped(
                    "associative list with keys has an element that omits all key fields [%s] (and doesn't have default values for any key fields)"
                            .formatted(names.stream()
                                    .map(name -> '"' + name + '"')
                                    .collect(java.util.stream.Collectors.joining(" "))));
        }
        return FieldStep.keys(keys);
    }

    /// What a key is that was left out: ports are of TCP, and required keys are zero.
    private Optional<JsonNode> defaultKey(String name, Schema items) {
        if (name.equals("protocol")) {
            return Optional.of(Json.object().stringNode("TCP"));
        }
        Schema element = schemas.resolve(items);
        if (!element.required().contains(name)) {
            return Optional.empty();
        }
        return switch (schemas.resolve(field(element, name)).type()) {
            case "string" -> Optional.of(Json.object().stringNode(""));
            case "integer" -> Optional.of(Json.object().numberNode(0));
            default -> Optional.empty();
        };
    }

    /// An element without a step.
    static final class Untyped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Untyped(String why) {
            super(why, null, false, false);
        }
    }
}
