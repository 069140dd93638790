package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Trees;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One place of a structural schema, read once for all objects: the shape of what may stand there. What is said of
/// values beside their shape stays in the schema's own tree, for [SchemaValues]. Never changes.
///
/// @param properties the fields that are known
/// @param additional what further fields hold; empty both where there are none and where nothing is said of them
/// @param hasAdditional whether there may be further fields
/// @param items what a list holds
/// @param isEmbedded whether it is a resource of its own
/// @param fallback what it is where nothing is said
record Structural(
        JsonNode schema,
        String type,
        Map<String, Structural> properties,
        Optional<Structural> additional,
        boolean hasAdditional,
        Optional<Structural> items,
        boolean isNullable,
        boolean preservesUnknown,
        boolean isEmbedded,
        Optional<JsonNode> fallback,
        String listType,
        List<String> listKeys) {

    static Structural of(JsonNode schema) {
        var properties = new LinkedHashMap<String, Structural>();
        schema.path("properties")
                .properties()
                .forEach(property -> properties.put(property.getKey(), of(property.getValue())));
        JsonNode additional = schema.path("additionalProperties");
        JsonNode fallback = schema.path("default");
        return new Structural(
                schema,
                Trees.text(schema, "type"),
                Collections.unmodifiableMap(properties),
                additional.isObject() ? Optional.of(of(additional)) : Optional.empty(),
                additional.isObject() || additional.isBoolean(),
                schema.path("items").isObject() ? Optional.of(of(schema.path("items"))) : Optional.empty(),
                Trees.flag(schema, "nullable"),
                Trees.flag(schema, "x-kubernetes-preserve-unknown-fields"),
                Trees.flag(schema, "x-kubernetes-embedded-resource"),
                fallback.isMissingNode() || fallback.isNull() ? Optional.empty() : Optional.of(fallback),
                Trees.text(schema, "x-kubernetes-list-type"),
                Trees.strings(schema, "x-kubernetes-list-map-keys"));
    }

    /// What stands under `name`; empty if nothing is said of it.
    Optional<Structural> field(String name) {
        Structural known = properties.get(name);
        return known == null ? additional : Optional.of(known);
    }

    /// Whether there may be a field called `name`.
    boolean knows(String name) {
        return hasAdditional || properties.containsKey(name);
    }
}
