package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what servers tell about themselves, in either form, as the resources of one version.
final class DiscoveryForms {

    private static final String[] TEXTS = {"scope", "singularResource"};
    private static final String[] LISTS = {"verbs", "shortNames", "categories"};

    private DiscoveryForms() {}

    /// From an APIGroupDiscoveryList; empty if it does not tell of the version.
    static Optional<ArrayNode> aggregated(JsonNode list, String group, String version) {
        for (JsonNode item : list.path("items")) {
            if (!item.path("metadata").path("name").asString("").equals(group)) {
                continue;
            }
            for (JsonNode one : item.path("versions")) {
                if (one.path("version").asString("").equals(version)) {
                    ArrayNode resources = Json.array();
                    one.path("resources").forEach(resource -> resources.add(resource(resource)));
                    return Optional.of(resources);
                }
            }
        }
        return Optional.empty();
    }

    /// Only what belongs into the document is taken over.
    private static ObjectNode resource(JsonNode told) {
        ObjectNode node = Json.object().put("resource", told.path("resource").asString(""));
        node.set("responseKind", kind(told.path("responseKind")));
        copy(told, node);
        if (told.path("subresources").isArray() && !told.path("subresources").isEmpty()) {
            ArrayNode list = node.putArray("subresources");
            for (JsonNode sub : told.path("subresources")) {
                ObjectNode one = list.addObject()
                        .put("subresource", sub.path("subresource").asString(""));
                one.set("responseKind", kind(sub.path("responseKind")));
                copy(sub, one);
            }
        }
        return node;
    }

    private static void copy(JsonNode from, ObjectNode to) {
        for (String field : TEXTS) {
            if (from.path(field).isString()) {
                to.put(field, from.path(field).asString());
            }
        }
        for (String field : LISTS) {
            if (from.path(field).isArray()) {
                ArrayNode list = to.putArray(field);
                from.path(field).forEach(one -> list.add(one.asString("")));
            }
        }
    }

    /// Old clients cannot read a resource without one.
    private static ObjectNode kind(JsonNode told) {
        return Json.object()
                .put("group", told.path("group").asString(""))
                .put("version", told.path("version").asString(""))
                .put("kind", told.path("kind").asString(""));
    }

    /// From an APIResourceList; empty if it is none.
    static Optional<ArrayNode> plain(JsonNode list) {
        if (!list.path("resources").isArray()) {
            return Optional.empty();
        }
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        for (JsonNode told : list.path("resources")) {
            String name = told.path("name").asString("");
            if (!name.contains("/")) {
                ObjectNode resource = begun(name, told);
                resource.set("responseKind", kind(told));
                resource.put("singularResource", told.path("singularName").asString(""));
                copy(told, resource);
                found.put(name, resource);
            }
        }
        for (JsonNode told : list.path("resources")) {
            String name = told.path("name").asString("");
            int slash = name.indexOf('/');
            if (slash > 0) {
                ObjectNode parent = found.computeIfAbsent(name.substring(0, slash), missing -> begun(missing, told));
                ObjectNode sub =
                        parent.withArray("subresources").addObject().put("subresource", name.substring(slash + 1));
                sub.set("responseKind", kind(told));
                copy(told, sub);
            }
        }
        ArrayNode resources = Json.array();
        found.values().forEach(resources::add);
        return Optional.of(resources);
    }

    private static ObjectNode begun(String name, JsonNode told) {
        ObjectNode resource = Json.object().put("resource", name);
        resource.set("responseKind", kind(Json.object()));
        return resource.put("scope", told.path("namespaced").asBoolean(false) ? "Namespaced" : "Cluster");
    }
}
