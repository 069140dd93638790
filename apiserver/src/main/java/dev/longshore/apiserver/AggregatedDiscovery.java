package dev.longshore.apiserver;

import dev.longshore.apiserver.aggregation.Discovered;
import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.OpenResources;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.Comparator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The newer document of discovery, which tells all groups with all their resources.
final class AggregatedDiscovery {

    static final String KIND = "APIGroupDiscoveryList";
    static final String GROUP = "apidiscovery.k8s.io";

    private final Catalog catalog;
    private final ServedGroups served;

    AggregatedDiscovery(Catalog catalog, ServedGroups served) {
        this.catalog = catalog;
        this.served = served;
    }

    static String mediaType(String version) {
        return "application/json;g=" + GROUP + ";v=" + version + ";as=" + KIND;
    }

    /// Of the core group under `/api`, of all others under `/apis`.
    ObjectNode of(String path, String version) {
        ObjectNode list = Json.object().put("kind", KIND).put("apiVersion", GROUP + "/" + version);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        if (path.equals("/api")) {
            ObjectNode item = items.addObject();
            item.putObject("metadata");
            ArrayNode versions = item.putArray("versions");
            catalog.versions("").forEach(core -> versions.add(here("", core)));
            return list;
        }
        for (ServedGroups.Group group : served.groups()) {
            ArrayNode versions = Json.array();
            for (ServedGroups.Version one : group.versions()) {
                switch (one.source()) {
                    case ServedGroups.Source.Here _ -> versions.add(here(group.name(), one.name()));
                    case ServedGroups.Source.Elsewhere(Discovered told) ->
                        versions.add(
                                version(one.name(), told.resources().deepCopy(), told.isStale() ? "Stale" : "Current"));
                    case ServedGroups.Source.Nowhere _ -> {}
                }
            }
            if (!versions.isEmpty()) {
                ObjectNode item = items.addObject();
                item.putObject("metadata").put("name", group.name());
                item.set("versions", versions);
            }
        }
        return list;
    }

    private ObjectNode here(String group, String version) {
        ArrayNode resources = Json.array();
        catalog.of(group, version).stream()
                // These change from moment to moment: the version's own document tells them.
                .filter(definition -> OpenResources.of(definition).isEmpty())
                .sorted(Comparator.comparing(definition -> definition.names().plural()))
                .forEach(definition -> resources.add(resource(definition)));
        return version(version, resources, "Current");
    }

    private static ObjectNode version(String name, ArrayNode resources, String freshness) {
        ObjectNode node = Json.object().put("version", name);
        node.set("resources", resources);
        return node.put("freshness", freshness);
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
