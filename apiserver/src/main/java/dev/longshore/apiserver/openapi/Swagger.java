package dev.longshore.apiserver.openapi;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints OpenAPI version 2.
final class Swagger {

    private static final int HASH_LENGTH = 8;
    private static final Set<String> SHARED_BODIES = Set.of(Names.META + "DeleteOptions", Names.META + "Patch");

    private final ObjectNode document;
    private final List<PathItem> items;
    private final Definitions definitions;
    private final Set<String> needed = new TreeSet<>();
    private final TreeMap<String, ObjectNode> shared = new TreeMap<>();

    /// @param document what stands before the paths; all is added to it
    Swagger(ObjectNode document, List<PathItem> items, Definitions definitions) {
        this.document = document;
        this.items = items;
        this.definitions = definitions;
    }

    ObjectNode print() {
        var paths = new TreeMap<String, ObjectNode>();
        items.forEach(item -> paths.put(item.path(), item(item)));
        ObjectNode printed = document.putObject("paths");
        paths.forEach(printed::set);
        document.set("definitions", definitions.print(needed, DocumentVersion.TWO));
        ObjectNode parameters = document.putObject("parameters");
        shared.forEach(parameters::set);
        document.putObject("securityDefinitions").set("BearerToken", bearerToken());
        document.putArray("security").addObject().putArray("BearerToken");
        return document;
    }

    static ObjectNode bearerToken() {
        return Json.object()
                .put("type", "apiKey")
                .put("description", "A bearer token.")
                .put("name", "authorization")
                .put("in", "header");
    }

    private ObjectNode item(PathItem item) {
        ObjectNode node = Json.object();
        item.operations().forEach(operation -> node.set(operation.method(), operation(item, operation)));
        parameters(node, item.common());
        return node;
    }

    private ObjectNode operation(PathItem item, Operation operation) {
        ObjectNode node = Json.object();
        if (!operation.description().isEmpty()) {
            node.put("description", operation.description());
        }
        types(node, "consumes", operation.consumes());
        types(node, "produces", operation.produces());
        node.putArray("schemes").add("https");
        node.putArray("tags").add(operation.tag());
        node.put("operationId", operation.id());
        operation.body().ifPresent(body -> node.putArray("parameters").add(body(body)));
        parameters(node, item.own(operation));
        ObjectNode answers = node.putObject("responses");
        operation.answers().forEach((code, answer) -> answers.set(Integer.toString(code), answer(code, answer)));
        if (!operation.action().isEmpty()) {
            node.put("x-kubernetes-action", operation.action());
        }
        operation.kind().ifPresent(kind -> node.set("x-kubernetes-group-version-kind", Definitions.tag(kind)));
        return node;
    }

    private static void types(ObjectNode node, String field, List<String> types) {
        if (!types.isEmpty()) {
            types.forEach(node.putArray(field)::add);
        }
    }

    private ObjectNode body(Operation.Body body) {
        ObjectNode node = Json.object().put("name", "body").put("in", "body");
        if (body.isRequired()) {
            node.put("required", true);
        }
        node.set("schema", reference(body.definition()));
        return SHARED_BODIES.contains(body.definition()) ? shared("body", node) : node;
    }

    private void parameters(ObjectNode node, List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        ArrayNode array = node.has("parameters") ? (ArrayNode) node.get("parameters") : node.putArray("parameters");
        for (Parameter parameter : parameters) {
            ObjectNode printed = parameter(parameter);
            array.add(parameter.isShared() ? shared(parameter.name(), printed) : printed);
        }
    }

    private static ObjectNode parameter(Parameter parameter) {
        ObjectNode node = Json.object()
                .put("name", parameter.name())
                .put("in", parameter.place())
                .put("description", parameter.description())
                .put("type", parameter.type())
                .put("uniqueItems", true);
        return parameter.isRequired() ? node.put("required", true) : node;
    }

    /// Told once, and referred to by its name and a hash of what it says.
    private ObjectNode shared(String name, ObjectNode parameter) {
        byte[] digest =
                HexFormat.of().parseHex(Digest.sha256(Json.bytes(parameter)).hex());
        String hash = Base64.getUrlEncoder().encodeToString(digest).substring(0, HASH_LENGTH);
        String key = name + "-" + hash;
        shared.put(key, parameter);
        return Json.object().put("$ref", "#/parameters/" + key);
    }

    private ObjectNode answer(int code, String answer) {
        ObjectNode node = Json.object().put("description", Statuses.phrase(code));
        switch (answer) {
            case Operation.NOTHING -> {}
            case Operation.TEXT -> node.putObject("schema").put("type", "string");
            default -> node.set("schema", reference(answer));
        }
        return node;
    }

    private ObjectNode reference(String definition) {
        needed.add(definition);
        return Json.object().put("$ref", DocumentVersion.TWO.reference(definition));
    }
}
