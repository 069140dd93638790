package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the schema of a custom resource may not say: words of JSON Schema that Kubernetes does not know, and lists
/// and maps that cannot be merged. Whether it is structural is for [StructuralSchema] to say.
final class CustomSchemaChecks {

    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final Set<String> META = Set.of("metadata", "kind", "apiVersion");
    private static final List<String> REASONS =
            List.of("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");

    /// What may stand at the root beside a status, and how Kubernetes calls it.
    private static final Map<String, String> AT_ROOT = atRoot();

    private static final List<String> UNSUPPORTED =
            List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref");

    private CustomSchemaChecks() {}

    private static Map<String, String> atRoot() {
        var names = new LinkedHashMap<String, String>();
        for (String name : List.of(
                "description",
                "type",
                "format",
                "title",
                "maximum",
                "exclusiveMaximum",
                "minimum",
                "exclusiveMinimum",
                "maxLength",
                "minLength",
                "pattern",
                "maxItems",
                "minItems",
                "uniqueItems",
                "multipleOf",
                "required",
                "items",
                "properties",
                "externalDocs",
                "example")) {
            names.put(name, Character.toUpperCase(name.charAt(0)) + name.substring(1));
        }
        names.put("x-kubernetes-preserve-unknown-fields", "XPreserveUnknownFields");
        names.put("x-kubernetes-validations", "XValidations");
        return names;
    }

    /// @param insideMeta within a resource's own metadata, apiVersion or kind
    /// @param noDefault why there may be no default; empty if there may
    private record Place(boolean insideMeta, String noDefault) {}

    static void root(Checks checks, String path, ObjectNode schema, boolean hasStatus) {
        int before = checks.count();
        if (hasStatus) {
            besideStatus(checks, path, schema);
        }
        if (Trees.flag(schema, "nullable")) {
            checks.forbidden(path + ".nullable", "nullable cannot be true at the root");
        }
        List<Cause> unstructured = StructuralSchema.check(schema, path);
        unstructured.forEach(checks::add);
        if (unstructured.isEmpty()) {
            SchemaDefaults.check(checks, path, schema);
        }
        walk(checks, path, schema, new Place(false, ""), true);
        // Of a schema that is wrong in itself nobody can say what rules about it mean.
        if (checks.count() == before) {
            RuleChecks.check(checks, path, schema);
        }
    }

    private static void besideStatus(Checks checks, String path, ObjectNode schema) {
        String type = Trees.text(schema, "type");
        if (!type.isEmpty() && !type.equals("object")) {
            checks.invalid(
                    path + ".type",
                    type,
                    "only \"object\" is allowed as the type at the root of the schema if the status subresource is"
                            + " enabled");
            return;
        }
        boolean isStrange = schema.propertyNames().stream().anyMatch(name -> !AT_ROOT.containsKey(name));
        if (isStrange) {
            checks.invalid(
                    path,
                    schema,
                    "only [" + String.join(" ", AT_ROOT.values())
                            + "] fields are allowed at the root of the schema if the status subresource is enabled");
        }
    }

    private static void walk(Checks checks, String path, ObjectNode schema, Place place, boolean isRoot) {
        words(checks, path, schema, place);
        if (Trees.flag(schema, "uniqueItems")) {
            checks.forbidden(
                    path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
        JsonNode additional = schema.path("additionalProperties");
        boolean restricts = additional.isObject() || additional.isBoolean() && !additional.asBoolean();
        if (restricts && !schema.path("properties").isEmpty()) {
            checks.forbidden(
                    path + ".additionalProperties", "additionalProperties and properties are mutual exclusive");
        }
        if (additional instanceof ObjectNode inner) {
            Place below = place.insideMeta
                    ? new Place(true, "inside additionalProperties applying to object metadata")
                    : place;
            walk(checks, path + ".additionalProperties", inner, below, false);
        }
        properties(checks, path, schema, place, isRoot);
        nested(checks, path, schema, place);
        if (schema.path("items") instanceof ObjectNode items) {
            walk(checks, path + ".items", items, place, false);
        }
        extensions(checks, path, schema);
        rules(checks, path + ".x-kubernetes-validations", schema);
    }

    private static void properties(Checks checks, String path, ObjectNode schema, Place place, boolean isRoot) {
        boolean isResource = isRoot || Trees.flag(schema, "x-kubernetes-embedded-resource");
        schema.path("properties").properties().forEach(property -> {
            boolean isMeta = isResource && META.contains(property.getKey());
            Place below = place;
            if (isMeta) {
                below = new Place(true, isRoot ? "in top-level " + property.getKey() : place.noDefault);
            }
            if (property.getValue() instanceof ObjectNode inner) {
                walk(checks, path + ".properties[" + property.getKey() + "]", inner, below, false);
            }
        });
    }

    private static void nested(Checks checks, String path, ObjectNode schema, Place place) {
        if (schema.path("not") instanceof ObjectNode not) {
            walk(checks, path + ".not", not, place, false);
        }
        for (String junctor : List.of("allOf", "oneOf", "anyOf")) {
            int index = 0;
            for (ObjectNode inner : Trees.list(schema, junctor)) {
                walk(checks, path + "." + junctor + "[" + index++ + "]", inner, place, false);
            }
        }
    }

    private static void words(Checks checks, String path, ObjectNode schema, Place place) {
        String type = Trees.text(schema, "type");
        if (!type.isEmpty()) {
            checks.only(path + ".type", type, TYPES);
        }
        if (Trees.has(schema, "default") && !place.noDefault.isEmpty()) {
            checks.forbidden(path + ".default", "must not be set " + place.noDefault);
        }
        for (String word : UNSUPPORTED) {
            if (Trees.has(schema, word)) {
                checks.forbidden(path + "." + word, word + " is not supported");
            }
        }
        if (type.equals("null")) {
            checks.forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative");
        }
        if (schema.path("items").isArray() && !schema.path("items").isEmpty()) {
            checks.forbidden(path + ".items", "items must be a schema object and not an array");
        }
        if (place.insideMeta && Trees.flag(schema, "x-kubernetes-embedded-resource")) {
            checks.forbidden(path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta");
        }
    }

    private static void extensions(Checks checks, String path, ObjectNode schema) {
        JsonNode preserves = schema.path("x-kubernetes-preserve-unknown-fields");
        if (preserves.isBoolean() && !preserves.asBoolean()) {
            checks.invalid(path + ".x-kubernetes-preserve-unknown-fields", preserves, "must be true or undefined");
        }
        typed(checks, path, schema, "x-kubernetes-map-type", "object");
        typed(checks, path, schema, "x-kubernetes-list-type", "array");
        if (Trees.has(schema, "x-kubernetes-map-type")) {
            checks.only(
                    path + ".x-kubernetes-map-type",
                    Trees.text(schema, "x-kubernetes-map-type"),
                    List.of("atomic", "granular"));
        }
        String list = Trees.text(schema, "x-kubernetes-list-type");
        if (list.equals("set") && Trees.text(schema, "type").equals("array")) {
            setItems(checks, path + ".items", schema.path("items"));
        }
        if (Trees.has(schema, "x-kubernetes-list-type")) {
            checks.only(path + ".x-kubernetes-list-type", list, List.of("atomic", "set", "map"));
        }
        mapList(checks, path, schema, list);
    }

    private static void typed(Checks checks, String path, ObjectNode schema, String extension, String wanted) {
        String type = Trees.text(schema, "type");
        if (!Trees.has(schema, extension) || type.equals(wanted)) {
            return;
        }
        String why = "must be " + wanted + " if " + extension + " is specified";
        if (type.isEmpty()) {
            checks.required(path + ".type", why);
        } else {
            checks.invalid(path + ".type", type, why);
        }
    }

    private static void setItems(Checks checks, String path, JsonNode items) {
        String must = "must be atomic as item of a list with x-kubernetes-list-type=set";
        JsonNode listType = items.path("x-kubernetes-list-type");
        switch (Trees.text(items, "type")) {
            case "array" -> {
                if (listType.isString() && !listType.asString().equals("atomic")) {
                    checks.invalid(path + ".x-kubernetes-list-type", listType, must);
                }
            }
            case "object" -> {
                if (!Trees.text(items, "x-kubernetes-map-type").equals("atomic")) {
                    checks.invalid(path + ".x-kubernetes-map-type", listType, must);
                }
            }
            default -> {}
        }
        if (Trees.flag(items, "nullable")) {
            checks.forbidden(path + ".nullable", "cannot be nullable when x-kubernetes-list-type is set");
        }
    }

    private static void mapList(Checks checks, String path, ObjectNode schema, String list) {
        List<String> keys = Trees.strings(schema, "x-kubernetes-list-map-keys");
        if (!keys.isEmpty() && !list.equals("map")) {
            String must = "must be map if x-kubernetes-list-map-keys is non-empty";
            if (list.isEmpty()) {
                checks.required(path + ".x-kubernetes-list-type", must);
            } else {
                checks.invalid(path + ".x-kubernetes-list-type", list, must);
            }
        }
        if (!list.equals("map")) {
            return;
        }
        if (keys.isEmpty()) {
            checks.required(path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        }
        if (!Trees.has(schema, "items")) {
            checks.required(path + ".items", "must have a schema if x-kubernetes-list-type is map");
            return;
        }
        JsonNode items = schema.path("items");
        String type = Trees.text(items, "type");
        if (!type.equals("object")) {
            checks.invalid(
                    path + ".items.type", type, "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }
        keys(checks, path, schema, keys);
    }

    private static void keys(Checks checks, String path, ObjectNode schema, List<String> keys) {
        JsonNode items = schema.path("items");
        String at = path + ".x-kubernetes-list-map-keys";
        JsonNode shown = schema.path("x-kubernetes-list-map-keys");
        var seen = new HashSet<String>();
        for (String key : keys) {
            JsonNode property = items.path("properties").path(key);
            String type = Trees.text(property, "type");
            if (property.isMissingNode()) {
                checks.invalid(at, shown, "entries must all be names of item properties");
            } else if (type.equals("array") || type.equals("object")) {
                checks.invalid(
                        path + ".items.properties[" + key + "].type",
                        Trees.text(items, "type"),
                        "must be a scalar type if parent array's x-kubernetes-list-type is map");
            }
            if (!seen.add(key)) {
                checks.invalid(at, shown, "must not contain duplicate entries");
            }
        }
        if (Trees.flag(items, "nullable")) {
            checks.forbidden(path + ".items.nullable", "cannot be nullable when x-kubernetes-list-type is map");
        }
        for (String key : seen) {
            key(checks, path + ".items.properties[" + key + "]", items, key);
        }
    }

    private static void key(Checks checks, String path, JsonNode items, String key) {
        JsonNode property = items.path("properties").path(key);
        if (property.isMissingNode()) {
            return;
        }
        String inKeys = "this property is in x-kubernetes-list-map-keys, so it ";
        if (!Trees.strings(items, "required").contains(key) && !Trees.has(property, "default")) {
            checks.required(path + ".default", inKeys + "must have a default or be a required property");
        }
        if (Trees.flag(property, "nullable")) {
            checks.forbidden(path + ".nullable", inKeys + "cannot be nullable");
        }
    }

    private static void rules(Checks checks, String path, ObjectNode schema) {
        int index = 0;
        for (ObjectNode rule : Trees.list(schema, "x-kubernetes-validations")) {
            rule(checks, path + "[" + index++ + "]", rule, schema);
        }
    }

    private static void rule(Checks checks, String path, ObjectNode rule, ObjectNode schema) {
        String text = Trees.text(rule, "rule").strip();
        String message = Trees.text(rule, "message");
        if (text.isEmpty()) {
            checks.required(path + ".rule", "rule is not specified");
        } else if (!message.isEmpty() && message.isBlank()) {
            checks.invalid(path + ".message", message, "message must be non-empty if specified");
        } else if (hasBreaks(message.strip())) {
            checks.invalid(path + ".message", message, "message must not contain line breaks");
        } else if (hasBreaks(text) && message.isEmpty()) {
            checks.required(path + ".message", "message must be specified if rule contains line breaks");
        }
        String expression = Trees.text(rule, "messageExpression");
        if (!expression.isEmpty() && expression.isBlank()) {
            checks.required(path + ".messageExpression", "messageExpression must be non-empty if specified");
        }
        if (Trees.has(rule, "reason")) {
            checks.only(path + ".reason", Trees.text(rule, "reason"), REASONS);
        }
        String field = Trees.text(rule, "fieldPath");
        if (!field.isEmpty() && field.isBlank()) {
            checks.invalid(path + ".fieldPath", field, "fieldPath must be non-empty if specified");
        }
        if (hasBreaks(field)) {
            checks.invalid(path + ".fieldPath", field, "fieldPath must not contain line breaks");
        }
        if (!field.isEmpty() && RulePath.normal(field, schema).isEmpty()) {
            checks.invalid(path + ".fieldPath", field, "must be a valid path");
        }
    }

    private static boolean hasBreaks(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }
}
