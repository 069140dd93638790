package dev.longshore.kinds.custom;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The two definitions of one version of a custom kind: of an object, and of a list.
final class CustomSchemas implements Schemas {

    private static final Schema METADATA = Schema.reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    private static final Schema TEXT = of("string", "", Map.of(), Optional.empty(), Optional.empty(), Json.object());

    private final CustomDocument document;
    private final Schema schema;
    private final String objectName;
    private final String listName;
    private final String fingerprint;

    CustomSchemas(CustomDocument document) {
        this.document = document;
        var kind = document.kind();
        this.objectName = CustomDocument.name(kind.group(), kind.version(), kind.kind());
        this.listName = CustomDocument.name(kind.group(), kind.version(), document.listKind());
        JsonNode root = document.version().path("schema").path("openAPIV3Schema");
        this.schema = root.isObject() ? schema(root, true) : Schema.ANYTHING;
        this.fingerprint = Digest.sha256(Json.bytes(document.object(true))).hex();
    }

    @Override
    public Set<String> names() {
        return Set.of(objectName, listName);
    }

    @Override
    public Optional<Schema> find(String name) {
        return name.equals(objectName) ? Optional.of(schema) : Optional.empty();
    }

    @Override
    public Optional<ObjectNode> printed(String name, boolean isThree) {
        if (name.equals(objectName)) {
            return Optional.of(document.object(isThree));
        }
        return name.equals(listName) ? Optional.of(document.list(isThree)) : Optional.empty();
    }

    @Override
    public String fingerprint() {
        return objectName + fingerprint;
    }

    /// What matters to who owns and merges fields.
    private static Schema schema(JsonNode node, boolean isResource) {
        if (Trees.flag(node, "x-kubernetes-int-or-string")) {
            return of("string", "int-or-string", Map.of(), Optional.empty(), Optional.empty(), Json.object());
        }
        var properties = new LinkedHashMap<String, Schema>();
        node.path("properties")
                .properties()
                .forEach(field -> properties.put(
                        field.getKey(),
                        schema(field.getValue(), Trees.flag(field.getValue(), "x-kubernetes-embedded-resource"))));
        if (isResource) {
            properties.put("apiVersion", TEXT);
            properties.put("kind", TEXT);
            properties.put("metadata", METADATA);
        }
        JsonNode additional = node.path("additionalProperties");
        Optional<Schema> inner = additional.isObject()
                ? Optional.of(schema(additional, Trees.flag(additional, "x-kubernetes-embedded-resource")))
                : additional.asBoolean(false) ? Optional.of(Schema.ANYTHING) : Optional.empty();
        Optional<Schema> items = node.path("items").isObject()
                ? Optional.of(schema(node.path("items"), Trees.flag(node, "items", "x-kubernetes-embedded-resource")))
                : Optional.empty();
        return of(Trees.text(node, "type"), "", properties, inner, items, node);
    }

    private static Schema of(
            String type,
            String format,
            Map<String, Schema> properties,
            Optional<Schema> additional,
            Optional<Schema> items,
            JsonNode node) {
        List<String> keys = Trees.strings(node, "x-kubernetes-list-map-keys");
        return new Schema(
                type,
                format,
                "",
                Optional.empty(),
                properties,
                Trees.strings(node, "required"),
                additional,
                items,
                Trees.text(node, "x-kubernetes-list-type"),
                keys,
                Trees.text(node, "x-kubernetes-map-type"),
                "",
                "",
                Optional.ofNullable(node.get("default")),
                Trees.flag(node, "x-kubernetes-preserve-unknown-fields"));
    }
}
