package dev.longshore.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The shape of a value, as far as the machine needs it: to check types, find unknown fields, merge lists, own
/// fields and print OpenAPI.
///
/// @param type `object`, `array`, `string`, `integer`, `number`, `boolean`, or empty for anything
/// @param format such as `int32`, `date-time`, `byte`, `int-or-string`, `quantity`
/// @param reference the name of the definition that says all the rest; then nothing else counts but the
/// description and the merge facts
/// @param properties the known fields; empty for maps and free-form objects
/// @param additional what an object's further fields hold; present for maps
/// @param items what a list holds
/// @param listType `atomic`, `set`, `map`, or empty
/// @param mapType `atomic`, `granular`, or empty
/// @param fallback what a value is that was left out, as far as it tells elements of lists apart
/// @param patchStrategy of strategic merge patches: `merge`, `replace`, `retainKeys`, or several with commas
public record Schema(
        String type,
        String format,
        String description,
        Optional<String> reference,
        Map<String, Schema> properties,
        List<String> required,
        Optional<Schema> additional,
        Optional<Schema> items,
        String listType,
        List<String> listMapKeys,
        String mapType,
        String patchStrategy,
        String patchMergeKey,
        Optional<JsonNode> fallback,
        boolean preservesUnknown) {

    /// Says nothing: any value goes.
    public static final Schema ANYTHING = new Schema(
            "",
            "",
            "",
            Optional.empty(),
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            "",
            List.of(),
            "",
            "",
            "",
            Optional.empty(),
            true);

    /// What the definition called `name` says.
    public static Schema reference(String name) {
        return new Schema(
                "",
                "",
                "",
                Optional.of(name),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "",
                List.of(),
                "",
                "",
                "",
                Optional.empty(),
                false);
    }

    public Schema {
        properties = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(properties));
        required = List.copyOf(required);
        listMapKeys = List.copyOf(listMapKeys);
    }
}
