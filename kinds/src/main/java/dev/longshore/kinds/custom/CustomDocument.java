package dev.longshore.kinds.custom;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupVersionKind;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A custom kind as OpenAPI tells it: its schema with what every resource has. Version 2 cannot say all, and clients
/// of it take what is not said for forbidden, so there less is said of what may hold anything.
///
/// @param kind of the objects
/// @param version of the definition, with its schema
record CustomDocument(GroupVersionKind kind, String listKind, String plural, JsonNode version) {

    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String KINDS = "x-kubernetes-group-version-kind";
    private static final List<String> ONLY_IN_THREE = List.of("allOf", "oneOf", "anyOf", "not");

    /// The name of the definition of `kind`: `com.example.v1.Widget`.
    static String name(String group, String version, String kind) {
        return String.join(".", List.of(group.split("\\.")).reversed()) + "." + version + "." + kind;
    }

    ObjectNode object(boolean isThree) {
        ObjectNode document = Trees.object(version, "schema", "openAPIV3Schema")
                .map(schema -> described(schema, isThree))
                .orElseGet(() -> Json.object().put("type", "object"));
        document.putArray(KINDS).add(tag(kind.kind()));
        selectable().ifPresent(fields -> document.set("x-kubernetes-selectable-fields", fields));
        return document;
    }

    private ObjectNode described(ObjectNode schema, boolean isThree) {
        // Were any field named here, clients of version 2 would refuse all others.
        if (!isThree && Trees.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            return Json.object().put("type", "object");
        }
        ObjectNode document = schema.deepCopy();
        if (isThree) {
            unfold(document);
        } else {
            reduce(document);
        }
        embed(document, isThree);
        ofEveryResource(document, isThree);
        return document;
    }

    /// Version 3 has a way of its own to say that a value is a number or a text.
    private static void unfold(ObjectNode schema) {
        if (Trees.flag(schema, "x-kubernetes-int-or-string") && !saysEither(schema)) {
            ArrayNode either = Json.object().arrayNode();
            either.addObject().put("type", "integer");
            either.addObject().put("type", "string");
            if (schema.has("anyOf")) {
                ArrayNode all = schema.withArray("allOf");
                all.addObject().set("anyOf", either);
                all.addObject().set("anyOf", schema.remove("anyOf"));
            } else {
                schema.set("anyOf", either);
            }
        }
        each(schema, CustomDocument::unfold);
    }

    private static boolean saysEither(ObjectNode schema) {
        return isEither(schema.path("anyOf"))
                || isEither(schema.path("allOf").path(0).path("anyOf"));
    }

    private static boolean isEither(JsonNode anyOf) {
        return anyOf.size() == 2
                && Trees.text(anyOf.get(0), "type").equals("integer")
                && Trees.text(anyOf.get(1), "type").equals("string");
    }

    private static void reduce(ObjectNode schema) {
        schema.remove(ONLY_IN_THREE);
        if (Trees.flag(schema, "nullable")) {
            schema.remove(List.of("type", "nullable", "items", "properties"));
        }
        boolean isOpen = Trees.flag(schema, "x-kubernetes-preserve-unknown-fields");
        if (isOpen) {
            schema.remove(List.of("items", "properties"));
        }
        String type = Trees.text(schema, "type");
        boolean saysTooLittle = type.equals("array") && !schema.has("items") || isOpen && type.equals("object");
        if (saysTooLittle) {
            schema.remove("type");
        }
        withoutNullable(schema);
        each(schema, CustomDocument::reduce);
    }

    private static void withoutNullable(ObjectNode schema) {
        if (!(schema.get("required") instanceof ArrayNode required)) {
            return;
        }
        List<String> left = Trees.flag(schema, "additionalProperties", "nullable")
                ? List.of()
                : Trees.strings(schema, "required").stream()
                        .filter(name -> !Trees.flag(schema, "properties", name, "nullable"))
                        .toList();
        required.removeAll();
        left.forEach(required::add);
        if (left.isEmpty()) {
            schema.remove("required");
        }
    }

    /// Calls `visitor` with every schema directly below `schema`.
    private static void each(ObjectNode schema, java.util.function.Consumer<ObjectNode> visitor) {
        schema.path("properties").forEach(inner -> visit(inner, visitor));
        visit(schema.path("items"), visitor);
        visit(schema.path("additionalProperties"), visitor);
    }

    private static void visit(JsonNode inner, java.util.function.Consumer<ObjectNode> visitor) {
        if (inner instanceof ObjectNode schema) {
            visitor.accept(schema);
        }
    }

    private static void embed(ObjectNode schema, boolean isThree) {
        each(schema, inner -> embed(inner, isThree));
        boolean isTold = isThree || !Trees.flag(schema, "x-kubernetes-preserve-unknown-fields");
        if (isTold && Trees.flag(schema, "x-kubernetes-embedded-resource")) {
            ofEveryResource(schema, isThree);
            ArrayNode required = schema.withArray("required");
            for (String name : List.of("kind", "apiVersion")) {
                if (!Trees.strings(schema, "required").contains(name)) {
                    required.add(name);
                }
            }
        }
    }

    private static void ofEveryResource(ObjectNode schema, boolean isThree) {
        ObjectNode properties =
                schema.get("properties") instanceof ObjectNode known ? known : schema.putObject("properties");
        types(properties);
        properties.set("metadata", reference("ObjectMeta", "What every object has.", isThree));
    }

    private static void types(ObjectNode properties) {
        properties
                .putObject("apiVersion")
                .put("description", "The group and version of this representation of the object.")
                .put("type", "string");
        properties
                .putObject("kind")
                .put("description", "What the object is. It cannot be changed. In CamelCase.")
                .put("type", "string");
    }

    private static ObjectNode reference(String name, String description, boolean isThree) {
        ObjectNode node = Json.object().put("description", description);
        if (isThree) {
            node.putArray("allOf").addObject().put("$ref", META + name);
        } else {
            node.put("$ref", META + name);
        }
        return node;
    }

    ObjectNode list(boolean isThree) {
        ObjectNode document = Json.object()
                .put("description", listKind + " is a list of " + kind.kind())
                .put("type", "object");
        document.putArray("required").add("items");
        ObjectNode properties = document.putObject("properties");
        types(properties);
        properties
                .putObject("items")
                .put("description", "List of " + plural + ".")
                .put("type", "array")
                .putObject("items")
                .put("$ref", name(kind.group(), kind.version(), kind.kind()));
        properties.set("metadata", reference("ListMeta", "What every list has.", isThree));
        document.putArray(KINDS).add(tag(listKind));
        selectable().ifPresent(fields -> document.set("x-kubernetes-selectable-fields", fields));
        return document;
    }

    private ObjectNode tag(String name) {
        return Json.object().put("group", kind.group()).put("kind", name).put("version", kind.version());
    }

    private Optional<ArrayNode> selectable() {
        List<ObjectNode> fields = Trees.list(version, "selectableFields");
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        ArrayNode paths = Json.object().arrayNode();
        fields.forEach(field ->
                paths.addObject().put("fieldPath", Trees.text(field, "jsonPath").replaceFirst("^\\.", "")));
        return Optional.of(paths);
    }
}
