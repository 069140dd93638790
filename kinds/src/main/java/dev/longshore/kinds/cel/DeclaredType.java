package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.longshore.kinds.kit.Trees;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The type that expressions give to what a structural schema describes. What the schema says nothing of has none, and
/// cannot be used. Never changes.
///
/// @param fields of an object, by the names that expressions use for them
/// @param element what a list or map holds
/// @param most how many elements, entries or letters there can be
/// @param least how many bytes of JSON it takes at least
public record DeclaredType(
        CelType type,
        Map<String, DeclaredType> fields,
        Optional<DeclaredType> element,
        long most,
        long least,
        JsonNode schema) {

    /// A request has no more bytes.
    static final long REQUEST = 3L * 1024 * 1024;

    private static final long LONGEST_TEXT = REQUEST - 2;
    private static final long LONGEST_TIME = 32;
    private static final long LONGEST_DATE = 12;
    private static final int BYTES_A_LETTER = 4;

    /// The type of what `schema` describes; empty if nothing can be said of it.
    ///
    /// @param name unique among the types that meet in one expression
    /// @param isResource whether it has a kind and a name, whatever the schema says
    public static Optional<DeclaredType> of(String name, JsonNode schema, boolean isResource) {
        if (Trees.flag(schema, "x-kubernetes-int-or-string")) {
            long most = schema.path("maxLength").isNumber() ? letters(schema) : LONGEST_TEXT;
            return Optional.of(scalar(SimpleType.DYN, most, 1, schema));
        }
        String type = isResource ? "object" : Trees.text(schema, "type");
        return switch (type) {
            case "array" -> list(name, schema);
            case "object" -> object(name, schema, isResource);
            case "string" -> Optional.of(text(schema));
            case "boolean" -> Optional.of(scalar(SimpleType.BOOL, 0, 4, schema));
            case "number" -> Optional.of(scalar(SimpleType.DOUBLE, 0, 1, schema));
            case "integer" -> Optional.of(scalar(SimpleType.INT, 0, 1, schema));
            default -> Optional.empty();
        };
    }

    private static DeclaredType scalar(CelType type, long most, long least, JsonNode schema) {
        return new DeclaredType(type, Map.of(), Optional.empty(), most, least, schema);
    }

    private static long letters(JsonNode schema) {
        return Math.max(0, schema.path("maxLength").asLong()) * BYTES_A_LETTER;
    }

    private static DeclaredType text(JsonNode schema) {
        boolean isLimited = schema.path("maxLength").isNumber();
        return switch (Trees.text(schema, "format")) {
            case "byte" ->
                scalar(
                        SimpleType.BYTES,
                        isLimited ? Math.max(0, schema.path("maxLength").asLong()) : LONGEST_TEXT,
                        2,
                        schema);
            case "duration" -> scalar(SimpleType.DURATION, LONGEST_TIME, 3, schema);
            case "date" -> scalar(SimpleType.TIMESTAMP, LONGEST_DATE, LONGEST_DATE, schema);
            case "date-time" -> scalar(SimpleType.TIMESTAMP, LONGEST_TIME, 21, schema);
            default -> scalar(SimpleType.STRING, isLimited ? letters(schema) : longest(schema), 2, schema);
        };
    }

    private static long longest(JsonNode schema) {
        return schema.path("enum").isEmpty()
                ? LONGEST_TEXT
                : schema.path("enum")
                        .valueStream()
                        .mapToLong(value -> value.asString("").length())
                        .max()
                        .orElse(0);
    }

    private static Optional<DeclaredType> list(String name, JsonNode schema) {
        JsonNode items = schema.path("items");
        return of(name + ".@items", items, Trees.flag(items, "x-kubernetes-embedded-resource"))
                .map(element -> new DeclaredType(
                        ListType.create(element.type),
                        Map.of(),
                        Optional.of(element),
                        limit(schema, "maxItems", (REQUEST - 2) / (element.least + 1)),
                        2,
                        schema));
    }

    private static long limit(JsonNode schema, String word, long otherwise) {
        return schema.path(word).isNumber() ? Math.max(0, schema.path(word).asLong()) : otherwise;
    }

    private static Optional<DeclaredType> object(String name, JsonNode schema, boolean isResource) {
        JsonNode additional = schema.path("additionalProperties");
        if (additional.isObject() && !isResource) {
            boolean isEmbedded = Trees.flag(additional, "x-kubernetes-embedded-resource");
            return of(name + ".@values", additional, isEmbedded)
                    .map(element -> new DeclaredType(
                            MapType.create(SimpleType.STRING, element.type),
                            Map.of(),
                            Optional.of(element),
                            // A key, a colon and a comma come with each.
                            limit(schema, "maxProperties", (REQUEST - 2) / (element.least + 6)),
                            2,
                            schema));
        }
        return Optional.of(struct(name, schema, isResource));
    }

    /// The map that the resolver reads never changes, which its type does not say.
    @SuppressWarnings("Immutable")
    private static DeclaredType struct(String name, JsonNode schema, boolean isResource) {
        var fields = new LinkedHashMap<String, DeclaredType>();
        long least = 2;
        var required = Trees.strings(schema, "required");
        for (var property : schema.path("properties").properties()) {
            JsonNode inner = property.getValue();
            boolean isEmbedded = Trees.flag(inner, "x-kubernetes-embedded-resource");
            Optional<DeclaredType> type = of(name + "." + property.getKey(), inner, isEmbedded);
            Optional<String> escaped = FieldName.escaped(property.getKey());
            if (type.isPresent() && escaped.isPresent()) {
                fields.put(escaped.get(), type.get());
            }
            boolean mustBeSent = required.contains(property.getKey()) && !Trees.has(inner, "default");
            if (type.isPresent() && mustBeSent) {
                least += property.getKey().length() + type.get().least + 4;
            }
        }
        if (isResource) {
            ofEveryResource(name, fields);
        }
        Map<String, DeclaredType> known = Collections.unmodifiableMap(fields);
        var type = StructType.create(
                name,
                com.google.common.collect.ImmutableSet.copyOf(known.keySet()),
                field -> Optional.ofNullable(known.get(field)).map(DeclaredType::type));
        return new DeclaredType(type, known, Optional.empty(), 0, least, schema);
    }

    /// As above.
    @SuppressWarnings("Immutable")
    private static void ofEveryResource(String name, Map<String, DeclaredType> fields) {
        JsonNode text = dev.longshore.base.Json.object().put("type", "string");
        fields.putIfAbsent("kind", text(text));
        fields.putIfAbsent("apiVersion", text(text));
        var found = new LinkedHashMap<String, DeclaredType>();
        DeclaredType known = fields.get("metadata");
        for (String field : java.util.List.of("name", "generateName")) {
            found.put(field, known != null && known.fields.containsKey(field) ? known.fields.get(field) : text(text));
        }
        Map<String, DeclaredType> names = Map.copyOf(found);
        var type = StructType.create(
                name + ".metadata",
                com.google.common.collect.ImmutableSet.copyOf(names.keySet()),
                field -> Optional.ofNullable(names.get(field)).map(DeclaredType::type));
        fields.put("metadata", new DeclaredType(type, names, Optional.empty(), 0, 2, text));
    }

    /// How often what takes so many bytes can stand in one request, at most.
    public long mostCopies() {
        return REQUEST / (least + 1);
    }

    /// Every structure in it, itself included, by its name.
    Map<String, CelType> structures() {
        var structures = new LinkedHashMap<String, CelType>();
        collect(structures);
        return structures;
    }

    private void collect(Map<String, CelType> structures) {
        if (type instanceof StructType) {
            structures.put(type.name(), type);
        }
        fields.values().forEach(field -> field.collect(structures));
        element.ifPresent(inner -> inner.collect(structures));
    }
}
