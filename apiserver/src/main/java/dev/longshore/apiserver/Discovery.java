package dev.longshore.apiserver;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells what is served, for one [Catalog]: `/api`, `/apis` and below, each also in the newer form that tells
/// all of it at once.
final class Discovery {

    private static final String AGGREGATED = "APIGroupDiscoveryList";
    private static final String AGGREGATED_GROUP = "apidiscovery.k8s.io";
    private static final List<String> AGGREGATED_VERSIONS = List.of("v2", "v2beta1");

    private final Catalog catalog;
    private final String publicAddress;
    private final Map<String, Optional<byte[]>> made = new ConcurrentHashMap<>();

    Discovery(Catalog catalog, String publicAddress) {
        this.catalog = catalog;
        this.publicAddress = publicAddress;
    }

    /// The answer to a request for `path`, which begins with `/api`; empty if there is no such path.
    Optional<Response> answer(Request request) {
        String path = request.path().replaceFirst("/+$", "");
        boolean isRoot = path.equals("/api") || path.equals("/apis");
        String version = isRoot ? aggregatedVersion(request) : "";
        if (version.isEmpty()) {
            Representation representation = Representation.of(request, false);
            return bytes(path, () -> plain(path))
                    .map(body -> Answers.tree(request, 200, Json.parse(body), representation));
        }
        return bytes(path + "#" + version, () -> Optional.of(aggregated(path, version)))
                .map(body -> tagged(request, body, version));
    }

    private Optional<byte[]> bytes(String key, java.util.function.Supplier<Optional<ObjectNode>> make) {
        return made.computeIfAbsent(key, unseen -> make.get().map(Json::bytes));
    }

    private static Response tagged(Request request, byte[] body, String version) {
        String tag = '"' + Digest.sha256(body).hex() + '"';
        String type = "application/json;g=" + AGGREGATED_GROUP + ";v=" + version + ";as=" + AGGREGATED;
        if (request.headers().first("If-None-Match").filter(tag::equals).isPresent()) {
            return new Response.Full(304, Headers.of("ETag", tag, "Vary", "Accept"), new byte[0]);
        }
        Response answer = Answers.bytes(request, 200, body, type);
        return new Response.Full(
                200,
                answer.headers()
                        .without("Cache-Control")
                        .with("Cache-Control", "public")
                        .with("ETag", tag),
                ((Response.Full) answer).body());
    }

    /// Empty if the client prefers the old form.
    private static String aggregatedVersion(Request request) {
        for (var range : Representation.MediaRange.parse(request.headers().all("Accept"))) {
            String version = range.parameters().getOrDefault("v", "");
            boolean isAggregated = range.parameters().getOrDefault("as", "").equals(AGGREGATED)
                    && range.parameters().getOrDefault("g", "").equals(AGGREGATED_GROUP);
            if (isAggregated && AGGREGATED_VERSIONS.contains(version)) {
                return version;
            }
            if (!isAggregated && range.parameters().getOrDefault("as", "").isEmpty()) {
                return "";
            }
        }
        return "";
    }

    private Optional<ObjectNode> plain(String path) {
        String[] steps = path.substring(1).split("/");
        if (steps[0].equals("api")) {
            return steps.length == 1
                    ? Optional.of(legacy())
                    : steps.length == 2 ? resources("", steps[1]) : Optional.empty();
        }
        return switch (steps.length) {
            case 1 -> Optional.of(groups());
            case 2 -> group(steps[1]).map(group -> withKind("APIGroup", group));
            case 3 -> resources(steps[1], steps[2]);
            default -> Optional.empty();
        };
    }

    private ObjectNode legacy() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        strings(versions.putArray("versions"), catalog.versions(""));
        versions.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", publicAddress);
        return versions;
    }

    private ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        catalog.groups().forEach(name -> group(name).ifPresent(groups::add));
        return list;
    }

    private Optional<ObjectNode> group(String name) {
        List<String> versions = catalog.versions(name);
        if (versions.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode group = Json.object().put("name", name);
        ArrayNode list = group.putArray("versions");
        versions.forEach(version -> list.add(groupVersion(name, version)));
        group.set("preferredVersion", groupVersion(name, versions.getFirst()));
        return Optional.of(group);
    }

    private static ObjectNode groupVersion(String group, String version) {
        return Json.object().put("groupVersion", group + "/" + version).put("version", version);
    }

    private static ObjectNode withKind(String kind, ObjectNode rest) {
        ObjectNode whole = Json.object().put("kind", kind).put("apiVersion", "v1");
        whole.setAll(rest);
        return whole;
    }

    private Optional<ObjectNode> resources(String group, String version) {
        List<ResourceDefinition> definitions = catalog.of(group, version);
        if (definitions.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceDefinition definition : definitions) {
            ObjectNode resource = resources.addObject();
            resource.put("name", definition.names().plural())
                    .put("singularName", definition.names().singular())
                    .put("namespaced", definition.namespaced())
                    .put("kind", definition.kind().kind());
            verbs(resource, definition.verbs());
            names(resource, definition.names());
            definition.subresources().forEach(sub -> resources.add(subresource(definition, sub)));
        }
        return Optional.of(list);
    }

    private static ObjectNode subresource(ResourceDefinition definition, Subresource subresource) {
        GroupVersionKind kind = subresource.kind();
        ObjectNode node = Json.object()
                .put("name", definition.names().plural() + "/" + subresource.name())
                .put("singularName", "")
                .put("namespaced", definition.namespaced());
        boolean isForeign = !kind.apiVersion().equals(definition.kind().apiVersion());
        if (isForeign) {
            node.put("group", kind.group()).put("version", kind.version());
        }
        verbs(node.put("kind", kind.kind()), subresource.verbs());
        return node;
    }

    private ObjectNode aggregated(String path, String version) {
        ObjectNode list = Json.object().put("kind", AGGREGATED).put("apiVersion", AGGREGATED_GROUP + "/" + version);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        List<String> groups = path.equals("/api") ? List.of("") : catalog.groups();
        for (String group : groups) {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            metadata.putNull("creationTimestamp");
            ArrayNode versions = item.putArray("versions");
            for (String each : catalog.versions(group)) {
                ObjectNode node = versions.addObject().put("version", each);
                ArrayNode resources = node.putArray("resources");
                catalog.of(group, each).forEach(definition -> resources.add(aggregated(definition)));
                node.put("freshness", "Current");
            }
        }
        return list;
    }

    private static ObjectNode aggregated(ResourceDefinition definition) {
        ObjectNode node = Json.object().put("resource", definition.names().plural());
        node.set("responseKind", kind(definition.kind()));
        node.put("scope", definition.namespaced() ? "Namespaced" : "Cluster");
        node.put("singularResource", definition.names().singular());
        verbs(node, definition.verbs());
        names(node, definition.names());
        if (!definition.subresources().isEmpty()) {
            ArrayNode list = node.putArray("subresources");
            for (Subresource subresource : definition.subresources()) {
                ObjectNode sub = list.addObject().put("subresource", subresource.name());
                sub.set("responseKind", kind(subresource.kind()));
                verbs(sub, subresource.verbs());
            }
        }
        return node;
    }

    private static ObjectNode kind(GroupVersionKind kind) {
        return Json.object()
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", kind.kind());
    }

    private static void verbs(ObjectNode node, Collection<String> verbs) {
        strings(node.putArray("verbs"), new TreeSet<>(verbs));
    }

    private static void names(ObjectNode node, ResourceDefinition.Names names) {
        if (!names.shortNames().isEmpty()) {
            strings(node.putArray("shortNames"), names.shortNames());
        }
        if (!names.categories().isEmpty()) {
            strings(node.putArray("categories"), names.categories());
        }
    }

    private static void strings(ArrayNode array, Collection<String> values) {
        values.forEach(array::add);
    }
}
