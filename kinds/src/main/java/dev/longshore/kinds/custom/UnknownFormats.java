package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Formats in the schemas of a definition that say nothing to Kubernetes: taken, but told.
final class UnknownFormats {

    private UnknownFormats() {}

    /// Those in all schemas of `definition`, each once.
    static Set<String> in(ObjectNode definition) {
        var found = new LinkedHashSet<String>();
        Trees.list(definition, "spec", "versions")
                .forEach(version -> collect(version.path("schema").path("openAPIV3Schema"), found));
        return found;
    }

    static String warning(String format) {
        return "unrecognized format " + Cause.quote(format);
    }

    private static void collect(JsonNode schema, Set<String> found) {
        String format = Trees.text(schema, "format");
        if (!format.isEmpty() && !isKnown(format, Trees.text(schema, "type"))) {
            found.add(format);
        }
        schema.path("properties").forEach(inner -> collect(inner, found));
        for (String junctor : List.of("allOf", "anyOf", "oneOf")) {
            schema.path(junctor).forEach(inner -> collect(inner, found));
        }
        for (String below : List.of("items", "additionalProperties", "not")) {
            if (schema.path(below).isObject()) {
                collect(schema.path(below), found);
            }
        }
    }

    private static boolean isKnown(String format, String type) {
        return switch (type) {
            case "", "string" -> TextFormats.isKnown(format);
            case "integer" -> format.equals("int32") || format.equals("int64");
            case "number" -> format.equals("float") || format.equals("double");
            default -> false;
        };
    }
}
