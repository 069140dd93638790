package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints OpenAPI version 3.
final class PartDocument {

    private final ObjectNode document;
    private final List<PathItem> items;
    private final Definitions definitions;
    private final Set<String> needed = new TreeSet<>();

    /// @param document what stands before the paths; all is added to it
    PartDocument(ObjectNode document, List<PathItem> items, Definitions definitions) {
        this.document = document;
        this.items = items;
        this.definitions = definitions;
    }

    ObjectNode print() {
        var paths = new TreeMap<String, ObjectNode>();
        items.forEach(item -> paths.put(item.path(), item(item)));
        ObjectNode printed = document.putObject("paths");
        paths.forEach(printed::set);
        ObjectNode components = document.putObject("components");
        ObjectNode schemas = definitions.print(needed, DocumentVersion.THREE);
        if (!schemas.isEmpty()) {
            components.set("schemas", schemas);
        }
        components.putObject("securitySchemes").set("BearerToken", Swagger.bearerToken());
        return document;
    }

    private ObjectNode item(PathItem item) {
        ObjectNode node = Json.object();
        item.operations().forEach(operation -> node.set(operation.method(), operation(item, operation)));
        parameters(node, item.common());
        return node;
    }

    private ObjectNode operation(PathItem item, Operation operation) {
        ObjectNode node = Json.object();
        node.putArray("tags").add(operation.tag());
        if (!operation.description().isEmpty()) {
            node.put("description", operation.description());
        }
        node.put("operationId", operation.id());
        parameters(node, item.own(operation));
        operation.body().ifPresent(body -> node.set("requestBody", body(operation, body)));
        ObjectNode answers = node.putObject("responses");
        operation.answers().forEach((code, answer) -> {
            ObjectNode printed = Json.object().put("description", Statuses.phrase(code));
            if (!answer.equals(Operation.NOTHING)) {
                printed.set("content", content(operation.produces(), answer));
            }
            answers.set(Integer.toString(code), printed);
        });
        if (!operation.action().isEmpty()) {
            node.put("x-kubernetes-action", operation.action());
        }
        operation.kind().ifPresent(kind -> node.set("x-kubernetes-group-version-kind", Definitions.tag(kind)));
        return node;
    }

    private ObjectNode body(Operation operation, Operation.Body body) {
        ObjectNode node = Json.object();
        node.set("content", content(operation.consumes(), body.definition()));
        return body.isRequired() ? node.put("required", true) : node;
    }

    private ObjectNode content(List<String> types, String definition) {
        ObjectNode content = Json.object();
        types.forEach(type -> content.putObject(type).set("schema", schema(definition)));
        return content;
    }

    private ObjectNode schema(String definition) {
        if (definition.equals(Operation.TEXT)) {
            return Json.object().put("type", "string");
        }
        needed.add(definition);
        return Json.object().put("$ref", DocumentVersion.THREE.reference(definition));
    }

    private static void parameters(ObjectNode node, List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        ArrayNode array = node.putArray("parameters");
        for (Parameter parameter : parameters) {
            ObjectNode printed = array.addObject()
                    .put("name", parameter.name())
                    .put("in", parameter.place())
                    .put("description", parameter.description());
            if (parameter.isRequired()) {
                printed.put("required", true);
            }
            printed.putObject("schema").put("type", parameter.type()).put("uniqueItems", true);
        }
    }
}
