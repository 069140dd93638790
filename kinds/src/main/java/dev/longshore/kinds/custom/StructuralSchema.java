package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether a schema is structural: every field has one place that says what it is (type, items, properties), and
/// what stands under `allOf`, `anyOf`, `oneOf` and `not` only says more of fields that have such a place.
///
/// The walk goes down the structure (`invariants`) and, at each step, into what is said of values (`values`,
/// `inner`), where words of structure are forbidden; a second walk (`complete`) looks up for each field under a
/// junctor its place outside.
final class StructuralSchema {

    private static final Map<String, String> FORBIDDEN_INSIDE = new TreeMap<>(Map.ofEntries(
            Map.entry("type", "must be empty to be structural"),
            Map.entry("additionalProperties", "must be undefined to be structural"),
            Map.entry("default", "must be undefined to be structural"),
            Map.entry("title", "must be empty to be structural"),
            Map.entry("description", "must be empty to be structural"),
            Map.entry("nullable", "must be false to be structural"),
            Map.entry("externalDocs", "must be undefined to be structural"),
            Map.entry("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
            Map.entry("x-kubernetes-embedded-resource", "must be false to be structural"),
            Map.entry("x-kubernetes-int-or-string", "must be false to be structural"),
            Map.entry("x-kubernetes-list-map-keys", "must be empty to be structural"),
            Map.entry("x-kubernetes-list-type", "must be undefined to be structural"),
            Map.entry("x-kubernetes-map-type", "must be undefined to be structural"),
            Map.entry("x-kubernetes-validations", "must be empty to be structural")));
    private static final List<String> JUNCTORS = List.of("anyOf", "allOf", "oneOf");

    private final Checks checks = new Checks();

    private StructuralSchema() {}

    private enum Level {
        ROOT("must not be empty at the root"),
        ITEM("must not be empty for specified array items"),
        FIELD("must not be empty for specified object fields");

        final String typeRequired;

        Level(String typeRequired) {
            this.typeRequired = typeRequired;
        }
    }

    /// Why `schema`, which stands at `path`, is not structural; empty if it is.
    static List<Cause> check(ObjectNode schema, String path) {
        var walk = new StructuralSchema();
        walk.invariants(schema, Level.ROOT, path);
        walk.completeBelow(schema, schema, path, path);
        return walk.checks.causes().stream()
                .sorted(Comparator.comparing(cause -> cause.field() + ": " + cause.message()))
                .toList();
    }

    private void invariants(JsonNode schema, Level level, String path) {
        String type = Trees.text(schema, "type");
        if (type.equals("array") && !Trees.has(schema, "items")) {
            checks.required(path + ".items", "must be specified");
        }
        if (schema.path("items") instanceof ObjectNode items) {
            invariants(items, Level.ITEM, path + ".items");
        }
        schema.path("properties")
                .properties()
                .forEach(property ->
                        invariants(property.getValue(), Level.FIELD, path + ".properties[" + property.getKey() + "]"));
        if (Trees.has(schema, "additionalProperties")) {
            if (level == Level.ROOT) {
                checks.forbidden(path + ".additionalProperties", "must not be used at the root");
            }
            if (schema.path("additionalProperties") instanceof ObjectNode inner) {
                invariants(inner, Level.FIELD, path + ".additionalProperties");
            }
        }
        intOrString(schema, path);
        boolean isEither = isIntOrString(schema.path("anyOf"));
        boolean isFirstEither = isIntOrString(schema.path("allOf").path(0).path("anyOf"));
        values(schema, isEither, isFirstEither, path);
        types(schema, type, level, path);
        metadata(schema, level, path);
    }

    private void intOrString(JsonNode schema, String path) {
        if (!Trees.flag(schema, "x-kubernetes-int-or-string")) {
            return;
        }
        for (String other : List.of("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")) {
            if (Trees.flag(schema, other)) {
                checks.invalid(
                        path + "." + other, schema.path(other), "must be false if x-kubernetes-int-or-string is true");
            }
        }
    }

    private static boolean isIntOrString(JsonNode anyOf) {
        return anyOf.size() == 2 && isType(anyOf.get(0), "integer") && isType(anyOf.get(1), "string");
    }

    private static boolean isType(JsonNode schema, String type) {
        return schema.size() == 1 && Trees.text(schema, "type").equals(type);
    }

    private void types(JsonNode schema, String type, Level level, String path) {
        boolean isEmbedded = Trees.flag(schema, "x-kubernetes-embedded-resource");
        boolean isPreserving = Trees.flag(schema, "x-kubernetes-preserve-unknown-fields");
        String mustBeObject = "must be object if x-kubernetes-embedded-resource is true";
        if (isEmbedded && type.isEmpty()) {
            checks.required(path + ".type", mustBeObject);
        } else if (isEmbedded && !type.equals("object")) {
            checks.invalid(path + ".type", type, mustBeObject);
        } else if (type.isEmpty() && !Trees.flag(schema, "x-kubernetes-int-or-string") && !isPreserving) {
            checks.required(path + ".type", level.typeRequired);
        }
        if (isEmbedded && Trees.has(schema, "additionalProperties")) {
            checks.forbidden(
                    path + ".additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");
        }
        if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
            checks.invalid(path + ".type", type, "must be object at the root");
        }
        if (isEmbedded && !isPreserving && schema.path("properties").isEmpty()) {
            checks.required(
                    path + ".properties",
                    "must not be empty if x-kubernetes-embedded-resource is true without"
                            + " x-kubernetes-preserve-unknown-fields");
        }
    }

    /// Of what Kubernetes itself says of every resource, a schema may only restrict the name.
    private void metadata(JsonNode schema, Level level, String path) {
        boolean isResource = level == Level.ROOT || Trees.flag(schema, "x-kubernetes-embedded-resource");
        for (String field : List.of("kind", "apiVersion")) {
            JsonNode property = schema.path("properties").path(field);
            if (isResource
                    && !property.isMissingNode()
                    && !Trees.text(property, "type").equals("string")) {
                checks.invalid(
                        path + ".properties[" + field + "].type", Trees.text(property, "type"), "must be string");
            }
        }
        JsonNode metadata = schema.path("properties").path("metadata");
        if (metadata.isMissingNode()) {
            return;
        }
        String at = path + ".properties[metadata]";
        if (isResource && !Trees.text(metadata, "type").equals("object")) {
            checks.invalid(at + ".type", Trees.text(metadata, "type"), "must be object");
        }
        if (level == Level.ROOT && saysMoreThanNames(metadata)) {
            checks.forbidden(
                    at,
                    "must not specify anything other than name and generateName, but metadata is implicitly"
                            + " specified");
        }
    }

    private static boolean saysMoreThanNames(JsonNode metadata) {
        boolean onlyNames = metadata.path("properties").propertyNames().stream()
                .allMatch(List.of("name", "generateName")::contains);
        boolean onlyShape =
                metadata.propertyNames().stream().allMatch(List.of("type", "properties", "default")::contains);
        return !onlyNames || !onlyShape;
    }

    private void values(JsonNode schema, boolean skipAnyOf, boolean skipFirstAnyOf, String path) {
        for (String junctor : JUNCTORS) {
            List<ObjectNode> nested = Trees.list(schema, junctor);
            boolean isSkipped = junctor.equals("anyOf") && skipAnyOf;
            for (int i = 0; i < nested.size() && !isSkipped; i++) {
                boolean skip = junctor.equals("allOf") && skipFirstAnyOf && i == 0;
                inner(nested.get(i), skip, path + "." + junctor + "[" + i + "]");
            }
        }
        if (schema.path("not") instanceof ObjectNode not) {
            inner(not, false, path + ".not");
        }
        String pattern = Trees.text(schema, "pattern");
        GoPattern.fault(pattern)
                .ifPresent(fault -> checks.invalid(
                        path + ".pattern", pattern, "must be a valid regular expression, but isn't: " + fault));
    }

    private void inner(ObjectNode schema, boolean skipAnyOf, String path) {
        values(schema, skipAnyOf, false, path);
        if (schema.path("items") instanceof ObjectNode items) {
            inner(items, false, path + ".items");
        }
        schema.path("properties").properties().forEach(property -> {
            if (property.getValue() instanceof ObjectNode field) {
                inner(field, false, path + ".properties[" + property.getKey() + "]");
            }
        });
        FORBIDDEN_INSIDE.forEach((word, why) -> {
            JsonNode value = schema.path(word);
            boolean isSaid = !value.isMissingNode()
                    && !value.isNull()
                    && !(value.isBoolean() && !value.asBoolean() && !word.equals("additionalProperties"));
            if (isSaid) {
                checks.forbidden(path + "." + word, why);
            }
        });
        if (schema.path("properties").has("metadata")) {
            checks.forbidden(path + ".properties[metadata]", "must not be specified in a nested context");
        }
    }

    /// Looks up what junctors of `values` name in `structure`.
    private void completeBelow(JsonNode values, JsonNode structure, String place, String path) {
        if (values.path("not") instanceof ObjectNode not) {
            complete(not, structure, place, path + ".not");
        }
        for (String junctor : JUNCTORS) {
            int index = 0;
            for (ObjectNode nested : Trees.list(values, junctor)) {
                complete(nested, structure, place, path + "." + junctor + "[" + index++ + "]");
            }
        }
    }

    private void complete(ObjectNode values, JsonNode structure, String place, String path) {
        if (!structure.isObject()) {
            checks.required(place, "because it is defined in " + path);
            return;
        }
        completeBelow(values, structure, place, path);
        if (values.path("items") instanceof ObjectNode items) {
            complete(items, structure.path("items"), place + ".items", path + ".items");
        }
        values.path("properties").properties().forEach(property -> {
            if (property.getValue() instanceof ObjectNode field) {
                String step = ".properties[" + property.getKey() + "]";
                complete(field, structure.path("properties").path(property.getKey()), place + step, path + step);
            }
        });
    }
}
