package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An API object as a tree, with short ways to what every object has. It wraps the tree and shares it: whoever
/// hands a resource on hands on the right to change it; [#copy] makes an independent one. Not thread-safe.
public record Resource(ObjectNode tree) {

    /// The object that `bytes` (JSON) spell.
    ///
    /// @throws Json.MalformedException when they are not a JSON object
    public static Resource parse(byte[] bytes) {
        if (Json.parse(bytes) instanceof ObjectNode object) {
            return new Resource(object);
        }
        throw new Json.MalformedException("an object was expected", null);
    }

    /// An object of `kind` with nothing but apiVersion, kind and metadata.
    public static Resource of(GroupVersionKind kind, String namespace, String name) {
        ObjectNode tree = Json.object();
        tree.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = tree.putObject("metadata");
        metadata.put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return new Resource(tree);
    }

    /// What it says it is.
    public GroupVersionKind kind() {
        return GroupVersionKind.of(text("apiVersion"), text("kind"));
    }

    /// `metadata.name`, or the empty string.
    public String name() {
        return text("metadata", "name");
    }

    /// `metadata.namespace`, or the empty string.
    public String namespace() {
        return text("metadata", "namespace");
    }

    /// `metadata.uid`, or the empty string.
    public String uid() {
        return text("metadata", "uid");
    }

    /// `metadata.resourceVersion`, or the empty string.
    public String resourceVersion() {
        return text("metadata", "resourceVersion");
    }

    /// `metadata.generation`, or 0.
    public long generation() {
        return at("metadata", "generation").asLong(0);
    }

    /// True once deletion was asked for.
    public boolean isTerminating() {
        return !text("metadata", "deletionTimestamp").isEmpty();
    }

    /// `metadata.labels`.
    public Map<String, String> labels() {
        return texts("metadata", "labels");
    }

    /// `metadata.annotations`.
    public Map<String, String> annotations() {
        return texts("metadata", "annotations");
    }

    /// `metadata`, made if it is not there.
    public ObjectNode metadata() {
        return object("metadata");
    }

    /// The object under `field`, made if it is not there (or is null).
    public ObjectNode object(String field) {
        return tree.get(field) instanceof ObjectNode object ? object : tree.putObject(field);
    }

    /// The node at `path`; a missing node when there is none.
    public JsonNode at(String... path) {
        JsonNode node = tree;
        for (String step : path) {
            node = node.path(step);
        }
        return node;
    }

    /// The string at `path`; empty when there is none or it is no string.
    public String text(String... path) {
        JsonNode node = at(path);
        return node.isString() ? node.asString() : "";
    }

    /// The node at `path`, if it is there and not null.
    public Optional<JsonNode> find(String... path) {
        JsonNode node = at(path);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    /// The string values of the object at `path`, in order.
    public Map<String, String> texts(String... path) {
        var map = new LinkedHashMap<String, String>();
        at(path).properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
        return map;
    }

    /// An independent copy.
    public Resource copy() {
        return new Resource(tree.deepCopy());
    }

    /// A copy with its numbers in the Java types that a parser gives them, as if it had been printed and read:
    /// nodes of different types are never equal.
    public Resource plain() {
        return new Resource((ObjectNode) Scalars.plain(tree));
    }

    /// Compact JSON.
    public byte[] bytes() {
        return Json.bytes(tree);
    }
}
