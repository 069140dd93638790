package dev.longshore.journeys;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A resource in the memory of an [ExtensionServer]: trouts, in namespaces, with discovery and descriptions.
final class Trouts {

    private final String group;
    private final Map<String, ObjectNode> kept = new ConcurrentSkipListMap<>();
    private final List<LinkedBlockingQueue<String>> watchers = new CopyOnWriteArrayList<>();
    private final AtomicLong revision = new AtomicLong(1);

    private Trouts(String group) {
        this.group = group;
    }

    /// Has `server` serve them in version v1 of `group`.
    static Trouts at(ExtensionServer server, String group) {
        var trouts = new Trouts(group);
        String path = "/apis/" + group + "/v1";
        server.on(path, trouts::answer)
                .on(
                        "/openapi/v3",
                        "{'paths':{'apis/%s/v1':{'serverRelativeURL':'/openapi/v3%s?hash=1'}}}".formatted(group, path))
                .on(
                        "/openapi/v3" + path,
                        trouts.description("openapi', '3.0.0", "#/components/schemas/", "components':{'schemas"))
                .on("/openapi/v2", trouts.description("swagger', '2.0", "#/definitions/", "definitions"));
        return trouts;
    }

    private String description(String version, String references, String schemas) {
        String kind = "{'group':'%s','version':'v1','kind':'Trout'}".formatted(group);
        String answer = schemas.startsWith("def")
                ? "{'description':'OK','schema':{'$ref':'" + references + "com.example.Trout'}}"
                : "{'description':'OK','content':{'application/json':{'schema':{'$ref':'" + references
                        + "com.example.Trout'}}}}";
        return """
                {'%s','info':{'title':'Fish','version':'1'},'paths':{'/apis/%s/v1/namespaces/{namespace}/trouts/{name}':{\
                'get':{'operationId':'readTrout','x-kubernetes-action':'get','x-kubernetes-group-version-kind':%s,\
                'responses':{'200':%s}}}},'%s':{'com.example.Trout':{'type':'object','description':'A fish of cold water.',\
                'x-kubernetes-group-version-kind':[%s],'properties':{'apiVersion':{'type':'string'},'kind':{'type':'string'},'metadata':{'type':'object'},\
                'weight':{'type':'integer','description':'In grams.'}}}}%s}""".formatted(
                version.replace(", ", ":"), group, kind, answer, schemas, kind, schemas.contains("{") ? "}" : "");
    }

    private Response answer(Request request) throws IOException {
        String rest =
                request.path().substring(("/apis/" + group + "/v1").length()).replaceAll("^/|/$", "");
        String[] steps = rest.split("/");
        if (rest.isEmpty()) {
            return json(200, resources());
        }
        boolean isEverywhere = steps.length == 1;
        String namespace = isEverywhere ? "" : steps[1];
        String name = steps.length > 3 ? steps[3] : "";
        return switch (request.method()) {
            case "GET" -> {
                if (!name.isEmpty()) {
                    ObjectNode found = kept.get(namespace + "/" + name);
                    yield found == null ? missing(name) : json(200, found);
                }
                yield request.query().isSet("watch") ? watch(namespace) : json(200, list(namespace));
            }
            case "POST" -> {
                ObjectNode object = (ObjectNode) Json.parse(request.body().readAllBytes());
                ObjectNode metadata = (ObjectNode) object.get("metadata");
                metadata.put("namespace", namespace)
                        .put("uid", UUID.randomUUID().toString());
                metadata.put("resourceVersion", Long.toString(revision.incrementAndGet()));
                metadata.put("creationTimestamp", "2026-01-01T00:00:00Z");
                kept.put(namespace + "/" + metadata.path("name").asString(), object);
                tell("ADDED", object);
                yield json(201, object);
            }
            case "DELETE" -> {
                if (name.isEmpty()) {
                    kept.keySet().removeIf(key -> key.startsWith(namespace + "/"));
                    yield json(200, list(namespace));
                }
                ObjectNode gone = kept.remove(namespace + "/" + name);
                if (gone != null) {
                    tell("DELETED", gone);
                }
                yield gone == null ? missing(name) : json(200, gone);
            }
            default -> new Response.Full(405, Headers.EMPTY, new byte[0]);
        };
    }

    private JsonNode resources() {
        return Json.parse("""
                {'kind':'APIResourceList','apiVersion':'v1','groupVersion':'%s/v1','resources':[{'name':'trouts',\
                'singularName':'trout','namespaced':true,'kind':'Trout','shortNames':['tr'],\
                'verbs':['create','delete','deletecollection','get','list','watch']}]}""".formatted(group).replace('\'', '"'));
    }

    private ObjectNode list(String namespace) {
        ObjectNode list = Json.object().put("kind", "TroutList").put("apiVersion", group + "/v1");
        list.putObject("metadata").put("resourceVersion", revision.toString());
        var items = list.putArray("items");
        kept.forEach((key, object) -> {
            if (namespace.isEmpty() || key.startsWith(namespace + "/")) {
                items.add(object);
            }
        });
        return list;
    }

    private Response missing(String name) {
        ObjectNode status =
                Json.object().put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        status.put("message", "trouts." + group + " \"" + name + "\" not found").put("reason", "NotFound");
        status.putObject("details").put("name", name).put("group", group).put("kind", "trouts");
        return json(404, status.put("code", 404));
    }

    private static Response json(int status, JsonNode body) {
        return Response.json(status, Json.bytes(body));
    }

    private void tell(String type, ObjectNode object) {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", object);
        watchers.forEach(watcher -> watcher.add(new String(Json.bytes(event), StandardCharsets.UTF_8) + "\n"));
    }

    private Response watch(String namespace) {
        var queue = new LinkedBlockingQueue<String>();
        watchers.add(queue);
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            try {
                pour(queue, namespace, out);
            } finally {
                watchers.remove(queue);
            }
        });
    }

    private static void pour(LinkedBlockingQueue<String> queue, String namespace, OutputStream out)
            throws IOException, InterruptedException {
        out.flush();
        for (String event = queue.poll(1, TimeUnit.MINUTES); event != null; event = queue.poll(1, TimeUnit.MINUTES)) {
            boolean isMine = namespace.isEmpty() || event.contains("\"namespace\":\"" + namespace + "\"");
            if (isMine) {
                out.write(event.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }
}
