package dev.longshore.apiserver;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Describes one [Catalog] as OpenAPI: version 3 group by group, version 2 in one piece. Each document is made
/// when it is first asked for.
final class OpenApi {

    private static final String ROOT = "/openapi/v3";
    private static final String THREE = "#/components/schemas/";
    private static final String TWO = "#/definitions/";
    private static final List<String> PARAMETERS =
            List.of("dryRun", "fieldManager", "fieldValidation", "force", "pretty");

    private final Catalog catalog;
    private final Schemas schemas;
    private final String gitVersion;
    private final Map<String, byte[]> made = new ConcurrentHashMap<>();

    OpenApi(Catalog catalog, Schemas schemas, String gitVersion) {
        this.catalog = catalog;
        this.schemas = schemas;
        this.gitVersion = gitVersion;
    }

    /// The answer to a request below `/openapi`; empty if there is no such path.
    Optional<Response> answer(Request request) {
        String path = request.path().replaceFirst("/+$", "");
        if (path.equals("/openapi/v2")) {
            requireJson(request);
            return Optional.of(json(request, made.computeIfAbsent(path, unseen -> Json.bytes(two()))));
        }
        if (path.equals(ROOT)) {
            return Optional.of(json(request, made.computeIfAbsent(path, unseen -> Json.bytes(index()))));
        }
        if (!path.startsWith(ROOT + "/")) {
            return Optional.empty();
        }
        requireJson(request);
        return groupVersions().stream()
                .filter(groupVersion -> groupVersion.path().equals(path.substring(ROOT.length() + 1)))
                .findFirst()
                .map(found -> json(request, made.computeIfAbsent(path, unseen -> Json.bytes(three(found)))));
    }

    private static Response json(Request request, byte[] body) {
        return Answers.bytes(request, 200, body, "application/json");
    }

    /// Protobuf, which old clients want, is not spoken.
    private static void requireJson(Request request) {
        var ranges = Representation.MediaRange.parse(request.headers().all("Accept"));
        boolean takesJson = ranges.isEmpty()
                || ranges.stream()
                        .anyMatch(range -> List.of("application/json", "application/*", "*/*")
                                .contains(range.type()));
        if (!takesJson) {
            throw new FaultException(
                    new Fault.NotAcceptable("only the following media types are accepted: application/json"));
        }
    }

    private record GroupVersion(String group, String version) {
        String path() {
            return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
        }
    }

    private Set<GroupVersion> groupVersions() {
        var all = new LinkedHashSet<GroupVersion>();
        catalog.all()
                .forEach(definition -> all.add(new GroupVersion(
                        definition.kind().group(), definition.kind().version())));
        return all;
    }

    /// The hash changes with what is served: clients keep documents for good under it.
    private ObjectNode index() {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        for (GroupVersion each : groupVersions()) {
            var content = new StringBuilder(gitVersion);
            for (ResourceDefinition definition : catalog.of(each.group(), each.version())) {
                content.append('\n').append(definition.kind()).append(' ').append(definition.schema());
                definition.subresources().forEach(sub -> content.append(' ').append(sub.name()));
            }
            String hash = Digest.sha256(content.toString().getBytes(StandardCharsets.UTF_8))
                    .hex();
            paths.putObject(each.path()).put("serverRelativeURL", ROOT + "/" + each.path() + "?hash=" + hash);
        }
        return index;
    }

    private ObjectNode three(GroupVersion groupVersion) {
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", gitVersion);
        List<ResourceDefinition> definitions = catalog.of(groupVersion.group(), groupVersion.version());
        ObjectNode paths = document.putObject("paths");
        definitions.forEach(definition -> paths(paths, groupVersion, definition));
        document.putObject("components").set("schemas", schemas(definitions, true));
        return document;
    }

    private ObjectNode two() {
        ObjectNode document = Json.object().put("swagger", "2.0");
        document.putObject("info").put("title", "Kubernetes").put("version", gitVersion);
        document.putObject("paths");
        document.set("definitions", schemas(catalog.all(), false));
        return document;
    }

    /// The schemas of `definitions` and all that they refer to, by name.
    private ObjectNode schemas(List<ResourceDefinition> definitions, boolean isThree) {
        var kinds = new TreeMap<String, Set<GroupVersionKind>>();
        for (ResourceDefinition definition : definitions) {
            kinds.computeIfAbsent(definition.schema(), unseen -> new LinkedHashSet<>())
                    .add(definition.kind());
        }
        var printed = new TreeMap<String, ObjectNode>();
        var waiting = new ArrayDeque<>(kinds.keySet());
        while (!waiting.isEmpty()) {
            String name = waiting.poll();
            if (printed.containsKey(name)) {
                continue;
            }
            Set<String> needed = new HashSet<>();
            var printer = new OpenApiSchemas(isThree ? THREE : TWO, isThree, needed);
            printed.put(
                    name,
                    schemas.find(name)
                            .map(printer::print)
                            .orElseGet(() -> Json.object().put("type", "object")));
            waiting.addAll(needed);
        }
        ObjectNode all = Json.object();
        printed.forEach((name, schema) -> {
            ArrayNode tags = Json.array();
            kinds.getOrDefault(name, Set.of()).forEach(kind -> tags.add(tag(kind)));
            if (!tags.isEmpty()) {
                schema.set("x-kubernetes-group-version-kind", tags);
            }
            all.set(name, schema);
        });
        return all;
    }

    private static ObjectNode tag(GroupVersionKind kind) {
        return Json.object().put("group", kind.group()).put("kind", kind.kind()).put("version", kind.version());
    }

    private static void paths(ObjectNode paths, GroupVersion groupVersion, ResourceDefinition definition) {
        String base = "/" + groupVersion.path()
                + (definition.namespaced() ? "/namespaces/{namespace}/" : "/")
                + definition.names().plural();
        ObjectNode all = Json.object();
        operation(all, definition, "list", "get");
        operation(all, definition, "create", "post");
        operation(all, definition, "deletecollection", "delete");
        ObjectNode one = Json.object();
        operation(one, definition, "get", "get");
        operation(one, definition, "update", "put");
        operation(one, definition, "patch", "patch");
        operation(one, definition, "delete", "delete");
        if (!all.isEmpty()) {
            paths.set(base, all);
        }
        if (!one.isEmpty()) {
            paths.set(base + "/{name}", one);
        }
    }

    private static void operation(ObjectNode path, ResourceDefinition definition, String verb, String method) {
        if (!definition.verbs().contains(verb)) {
            return;
        }
        ObjectNode operation = path.putObject(method);
        operation.put("operationId", verb + definition.kind().kind());
        operation.put("x-kubernetes-action", verb.equals("create") ? "post" : verb.equals("update") ? "put" : verb);
        operation.set("x-kubernetes-group-version-kind", tag(definition.kind()));
        if (List.of("create", "update", "patch").contains(verb)) {
            ArrayNode parameters = operation.putArray("parameters");
            for (String name : PARAMETERS) {
                boolean isForced = name.equals("force");
                parameters
                        .addObject()
                        .put("name", name)
                        .put("in", "query")
                        .putObject("schema")
                        .put("type", isForced ? "boolean" : "string");
            }
        }
        ObjectNode ok = operation.putObject("responses").putObject("200").put("description", "OK");
        ok.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", THREE + definition.schema());
    }
}
