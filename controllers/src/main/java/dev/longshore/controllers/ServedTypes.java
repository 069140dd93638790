package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.kinds.cel.DeclaredType;
import dev.longshore.kinds.policies.PolicyTypeCheck;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the API server says of the types that it serves: in discovery and OpenAPI, asked anew each time. Thread-safe.
final class ServedTypes implements PolicyTypeCheck.Types {

    private static final int NOT_FOUND = 404;
    private static final String COMPONENT = "#/components/schemas/";

    private final KubernetesClient client;

    ServedTypes(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<GroupVersionKind> kinds(GroupVersionResource resource) {
        return get("/" + path(resource.group(), resource.version()))
                .path("resources")
                .valueStream()
                .filter(each -> each.path("name").asString("").equals(resource.resource()))
                .map(each -> new GroupVersionKind(
                        each.path("group").asString(resource.group()),
                        each.path("version").asString(resource.version()),
                        each.path("kind").asString("")))
                .toList();
    }

    @Override
    public Optional<DeclaredType> type(GroupVersionKind kind) {
        JsonNode all = get("/openapi/v3/" + path(kind.group(), kind.version()))
                .path("components")
                .path("schemas");
        return all.properties().stream()
                .filter(entry -> isOf(entry.getValue(), kind))
                .findFirst()
                .flatMap(entry ->
                        DeclaredType.of(kind.kind(), whole(entry.getValue(), all, Set.of(entry.getKey())), true));
    }

    private static String path(String group, String version) {
        return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
    }

    private JsonNode get(String path) {
        try {
            String text = client.raw(path, "GET", null);
            return text == null ? Json.object() : Json.parse(text);
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == NOT_FOUND) {
                return Json.object();
            }
            throw refused;
        }
    }

    private static boolean isOf(JsonNode schema, GroupVersionKind kind) {
        return schema.path("x-kubernetes-group-version-kind")
                .valueStream()
                .anyMatch(each -> each.path("group").asString("").equals(kind.group())
                        && each.path("version").asString("").equals(kind.version())
                        && each.path("kind").asString("").equals(kind.kind()));
    }

    /// `schema` with what it refers to in its place; where it would go round in circles there is an object of which
    /// nothing is known.
    ///
    /// @param above the names of those around it
    private static ObjectNode whole(JsonNode schema, JsonNode all, Set<String> above) {
        JsonNode reference = schema.path("$ref");
        if (reference.isMissingNode()) {
            reference = schema.path("allOf").path(0).path("$ref");
        }
        if (reference.isString()) {
            return referred(reference.asString().substring(COMPONENT.length()), all, above);
        }
        ObjectNode whole = ((ObjectNode) schema).deepCopy();
        for (var property : schema.path("properties").properties()) {
            whole.withObject("properties").set(property.getKey(), whole(property.getValue(), all, above));
        }
        for (String inner : List.of("items", "additionalProperties")) {
            if (schema.path(inner).isObject()) {
                whole.set(inner, whole(schema.path(inner), all, above));
            }
        }
        return whole;
    }

    private static ObjectNode referred(String name, JsonNode all, Set<String> above) {
        if (name.endsWith(".Quantity")) {
            return Json.object().put("type", "string");
        }
        if (name.endsWith(".IntOrString")) {
            return Json.object().put("x-kubernetes-int-or-string", true);
        }
        if (above.contains(name) || !all.path(name).isObject()) {
            return Json.object().put("type", "object");
        }
        var further = new HashSet<>(above);
        further.add(name);
        return whole(all.path(name), all, further);
    }
}
