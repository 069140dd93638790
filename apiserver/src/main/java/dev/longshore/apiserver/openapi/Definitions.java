package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints the definitions that paths need, and all that those refer to.
final class Definitions {

    private static final String KINDS = "x-kubernetes-group-version-kind";

    private final Schemas schemas;
    private final Map<String, Set<GroupVersionKind>> kinds = new HashMap<>();

    Definitions(Schemas schemas, List<ResourceDefinition> definitions) {
        this.schemas = schemas;
        for (ResourceDefinition definition : definitions) {
            kinds.computeIfAbsent(definition.schema(), unseen -> new LinkedHashSet<>())
                    .add(definition.kind());
        }
    }

    ObjectNode print(Set<String> wanted, DocumentVersion version) {
        var printed = new TreeMap<String, ObjectNode>();
        var waiting = new ArrayDeque<>(wanted);
        while (!waiting.isEmpty()) {
            String name = waiting.poll();
            if (!printed.containsKey(name)) {
                Set<String> needed = new HashSet<>();
                Optional<ObjectNode> own = schemas.printed(name, version == DocumentVersion.THREE);
                own.ifPresent(node -> refer(node, version, needed));
                ObjectNode definition = own.orElseGet(() -> one(name, new SchemaPrinter(version, needed)));
                if (version == DocumentVersion.THREE && own.isEmpty()) {
                    choices(name, definition);
                }
                printed.put(name, definition);
                waiting.addAll(needed);
            }
        }
        ObjectNode all = Json.object();
        printed.forEach(all::set);
        return all;
    }

    /// Makes references of the names in `node`, and collects them in `needed`.
    private static void refer(JsonNode node, DocumentVersion version, Set<String> needed) {
        if (node instanceof ObjectNode object && object.path("$ref").isString()) {
            String name = object.path("$ref").asString();
            needed.add(name);
            object.put("$ref", version.reference(name));
        }
        node.forEach(child -> refer(child, version, needed));
    }

    /// The published document of version 2 is without them, for the sake of those who generate clients from it.
    private void choices(String name, ObjectNode definition) {
        schemas.choices(name).forEach((field, values) -> {
            var property = (ObjectNode) definition.path("properties").path(field);
            values.forEach(property.putArray("enum")::add);
        });
    }

    private ObjectNode one(String name, SchemaPrinter printer) {
        ObjectNode node = schemas.find(name)
                .map(printer::print)
                .orElseGet(() -> Json.object().put("type", "object"));
        node.setAll(schemas.extensions(name));
        if (!node.has(KINDS) && kinds.containsKey(name)) {
            ArrayNode tags = node.putArray(KINDS);
            kinds.get(name).forEach(kind -> tags.add(tag(kind)));
        }
        return node;
    }

    static ObjectNode tag(GroupVersionKind kind) {
        return Json.object().put("group", kind.group()).put("kind", kind.kind()).put("version", kind.version());
    }
}
