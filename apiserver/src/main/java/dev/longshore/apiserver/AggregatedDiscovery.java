package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The newer document of discovery, which tells all groups with all their resources.
final class AggregatedDiscovery {

    static final String KIND = "APIGroupDiscoveryList";
    static final String GROUP = "apidiscovery.k8s.io";

    private final Catalog catalog;

    AggregatedDiscovery(Catalog catalog) {
        this.catalog = catalog;
    }

    static String mediaType(String version) {
        return "application/json;g=" + GROUP + ";v=" + version + ";as=" + KIND;
    }

    /// Of the core group under `/api`, of all others under `/apis`.
    ObjectNode of(String path, String version) {
        ObjectNode list = Json.object().put("kind", KIND).put("apiVersion", GROUP + "/" + version);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        List<String> groups = path.equals("/api") ? List.of("") : catalog.groups();
        for (String group : groups) {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            ArrayNode versions = item.putArray("versions");
            for (String each : catalog.versions(group)) {
                ObjectNode node = versions.addObject().put("version", each);
                ArrayNode resources = node.putArray("resources");
                catalog.of(group, each).stream()
                        .sorted(Comparator.comparing(
                                definition -> definition.names().plural()))
                        .forEach(definition -> resources.add(resource(definition)));
                node.put("freshness", "Current");
            }
        }
        return list;
    }

    private static ObjectNode resource(ResourceDefinition definition) {
        ObjectNode node = Json.object().put("resource", definition.names().plural());
        node.set("responseKind", kind(definition, definition.kind()));
        node.put("scope", definition.namespaced() ? "Namespaced" : "Cluster");
        node.put("singularResource", definition.names().singular());
        DiscoveryDocuments.verbs(node, definition.verbs());
        DiscoveryDocuments.names(node, definition.names());
        if (!definition.subresources().isEmpty()) {
            ArrayNode list = node.putArray("subresources");
            definition.subresources().stream()
                    .sorted(Comparator.comparing(Subresource::name))
                    .forEach(subresource -> {
                        ObjectNode sub = list.addObject().put("subresource", subresource.name());
                        sub.set("responseKind", kind(definition, subresource.kind()));
                        DiscoveryDocuments.verbs(sub, subresource.verbs());
                    });
        }
        return node;
    }

    /// Group and version are told where they are not those of the resource.
    private static ObjectNode kind(ResourceDefinition definition, GroupVersionKind kind) {
        boolean isOwn = kind.apiVersion().equals(definition.kind().apiVersion());
        return Json.object()
                .put("group", isOwn ? "" : kind.group())
                .put("version", isOwn ? "" : kind.version())
                .put("kind", kind.kind());
    }
}
