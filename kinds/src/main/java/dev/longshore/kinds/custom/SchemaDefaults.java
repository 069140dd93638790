package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether the defaults in a structural schema are themselves as it says: without fields it does not know, and of
/// the types it wants.
final class SchemaDefaults {

    private static final Set<String> META = Set.of("apiVersion", "kind", "metadata");

    private final Checks checks;

    private SchemaDefaults(Checks checks) {
        this.checks = checks;
    }

    /// Checks the defaults in `schema`, the whole of a resource's, which stands at `path`.
    static void check(Checks checks, String path, ObjectNode schema) {
        new SchemaDefaults(checks).walk(path, schema, true, false);
    }

    /// @param insideMeta within what Kubernetes itself says of a resource, where a default has to fit that, too
    private void walk(String path, JsonNode schema, boolean isResource, boolean insideMeta) {
        if (schema.hasNonNull("default")) {
            one(path + ".default", schema.path("default"), schema, insideMeta);
        }
        if (schema.path("items") instanceof ObjectNode items) {
            walk(path + ".items", items, isEmbedded(items), insideMeta);
        }
        schema.path("properties").properties().forEach(property -> {
            boolean isMeta = isResource && META.contains(property.getKey());
            boolean isInner = isEmbedded(property.getValue());
            walk(
                    path + ".properties[" + property.getKey() + "]",
                    property.getValue(),
                    isInner,
                    !isInner && (insideMeta || isMeta));
        });
        if (schema.path("additionalProperties") instanceof ObjectNode values) {
            walk(path + ".additionalProperties", values, isEmbedded(values), insideMeta);
        }
    }

    private static boolean isEmbedded(JsonNode schema) {
        return Trees.flag(schema, "x-kubernetes-embedded-resource");
    }

    private void one(String path, JsonNode value, JsonNode schema, boolean insideMeta) {
        if (!insideMeta) {
            JsonNode pruned = value.deepCopy();
            prune(pruned, schema, isEmbedded(schema));
            if (!pruned.equals(value)) {
                checks.invalid(path, value, "must not have unknown fields");
            }
            if (isEmbedded(schema) && value instanceof ObjectNode resource && !isResource(path, resource)) {
                return;
            }
        }
        SchemaValues.check(path, value, schema).forEach(checks::add);
    }

    /// Takes out what the schema does not know.
    private static void prune(JsonNode value, JsonNode schema, boolean isResource) {
        if (Trees.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            pruneKnown(value, schema);
            return;
        }
        if (value instanceof ArrayNode list) {
            list.forEach(element -> prune(element, schema.path("items"), isEmbedded(schema.path("items"))));
        } else if (value instanceof ObjectNode object) {
            JsonNode additional = schema.path("additionalProperties");
            boolean isOpen = additional.isObject() || additional.asBoolean(false);
            List<String> unknown = object.propertyNames().stream()
                    .filter(name -> !schema.path("properties").has(name))
                    .filter(name -> !isOpen && !(isResource && META.contains(name)))
                    .toList();
            object.remove(unknown);
            pruneKnown(object, schema);
        }
    }

    /// Below what is known there may be what is not.
    private static void pruneKnown(JsonNode value, JsonNode schema) {
        if (value instanceof ArrayNode list && schema.path("items").isObject()) {
            list.forEach(element -> prune(element, schema.path("items"), isEmbedded(schema.path("items"))));
        }
        if (!(value instanceof ObjectNode object)) {
            return;
        }
        object.properties().forEach(field -> {
            JsonNode inner = schema.path("properties").has(field.getKey())
                    ? schema.path("properties").path(field.getKey())
                    : schema.path("additionalProperties");
            if (inner.isObject()) {
                prune(field.getValue(), inner, isEmbedded(inner));
            }
        });
    }

    /// A resource says of which kind it is.
    private boolean isResource(String path, ObjectNode resource) {
        int before = checks.count();
        for (String field : List.of("apiVersion", "kind")) {
            JsonNode value = resource.path(field);
            if (value.isMissingNode()) {
                checks.required(path + "." + field, "must not be empty");
            } else if (!value.isString()) {
                checks.invalid(path + "." + field, value, "must be a string");
            } else if (value.asString().isEmpty()) {
                checks.invalid(path + "." + field, "", "must not be empty");
            }
        }
        String kind = Trees.text(resource, "kind");
        List<String> faults = NameRule.DNS_1035_LABEL.check(kind.toLowerCase(Locale.ROOT));
        if (!kind.isEmpty() && !faults.isEmpty()) {
            checks.invalid(
                    path + ".kind",
                    kind,
                    "may have mixed case, but should otherwise match: " + String.join(",", faults));
        }
        String apiVersion = Trees.text(resource, "apiVersion");
        if (apiVersion.chars().filter(letter -> letter == '/').count() > 1) {
            checks.invalid(path + ".apiVersion", apiVersion, "unexpected GroupVersion string: " + apiVersion);
        }
        return checks.count() == before;
    }
}
