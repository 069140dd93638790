package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Says in version 3 what a document of version 2 says, as kube-openapi's converter does; what only version 3 can
/// say is lost.
public final class SwaggerUpgrade {

    private static final Set<String> OPERATIONS = Set.of("get", "put", "post", "delete", "options", "head", "patch");
    private static final Map<String, String> PLACES = Map.of(
            "#/definitions/", "#/components/schemas/",
            "#/parameters/", "#/components/parameters/",
            "#/responses/", "#/components/responses/");
    private static final List<String> OF_PARAMETERS =
            List.of("name", "description", "in", "required", "allowEmptyValue");
    private static final List<String> OF_SCHEMAS = List.of("type", "format", "uniqueItems");

    private SwaggerUpgrade() {}

    /// The document of version 3; `swagger` stays as it is.
    public static ObjectNode of(JsonNode swagger) {
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        document.set(
                "info", swagger.path("info").isObject() ? swagger.path("info").deepCopy() : unknown());
        ObjectNode paths = document.putObject("paths");
        swagger.path("paths").properties().forEach(entry -> paths.set(entry.getKey(), path(entry.getValue())));
        ObjectNode components = document.putObject("components");
        ObjectNode schemas = components.putObject("schemas");
        swagger.path("definitions").properties().forEach(entry -> schemas.set(entry.getKey(), led(entry.getValue())));
        ObjectNode parameters = Json.object();
        swagger.path("parameters")
                .properties()
                .forEach(entry -> parameters.set(entry.getKey(), parameter(entry.getValue())));
        if (!parameters.isEmpty()) {
            components.set("parameters", parameters);
        }
        return document;
    }

    private static ObjectNode unknown() {
        return Json.object().put("title", "").put("version", "");
    }

    private static ObjectNode path(JsonNode path) {
        ObjectNode converted = Json.object();
        path.properties().forEach(entry -> {
            boolean isOperation = OPERATIONS.contains(entry.getKey());
            if (isOperation) {
                converted.set(entry.getKey(), operation(entry.getValue()));
            } else if (entry.getKey().equals("parameters")) {
                ArrayNode list = converted.putArray("parameters");
                entry.getValue().forEach(one -> list.add(parameter(one)));
            } else {
                converted.set(entry.getKey(), led(entry.getValue()));
            }
        });
        return converted;
    }

    private static ObjectNode operation(JsonNode operation) {
        ObjectNode converted = Json.object();
        operation.properties().forEach(entry -> {
            switch (entry.getKey()) {
                case "consumes", "produces", "schemes", "responses" -> {}
                case "parameters" -> parameters(converted, operation);
                default -> converted.set(entry.getKey(), led(entry.getValue()));
            }
        });
        ObjectNode responses = converted.putObject("responses");
        operation.path("responses").properties().forEach(entry -> {
            ObjectNode response = Json.object();
            entry.getValue().properties().forEach(field -> {
                if (!field.getKey().equals("schema")) {
                    response.set(field.getKey(), led(field.getValue()));
                }
            });
            JsonNode schema = entry.getValue().path("schema");
            if (schema.isObject() && operation.path("produces").isArray()) {
                response.set("content", content(operation.path("produces"), schema));
            }
            responses.set(entry.getKey(), response);
        });
        return converted;
    }

    /// The body is no parameter any more.
    private static void parameters(ObjectNode converted, JsonNode operation) {
        ArrayNode list = Json.array();
        for (JsonNode one : operation.path("parameters")) {
            boolean isBody = one.path("name").asString("").equals("body")
                    && one.path("schema").isObject();
            if (isBody) {
                converted
                        .putObject("requestBody")
                        .set("content", content(operation.path("consumes"), one.path("schema")));
            } else {
                list.add(parameter(one));
            }
        }
        if (!list.isEmpty()) {
            converted.set("parameters", list);
        }
    }

    private static ObjectNode content(JsonNode types, JsonNode schema) {
        ObjectNode content = Json.object();
        types.forEach(type -> content.putObject(type.asString("")).set("schema", led(schema)));
        return content;
    }

    private static JsonNode parameter(JsonNode parameter) {
        if (parameter.path("$ref").isString()) {
            return led(parameter);
        }
        ObjectNode converted = Json.object();
        for (String field : OF_PARAMETERS) {
            if (parameter.has(field)) {
                converted.set(field, parameter.get(field).deepCopy());
            }
        }
        if (parameter.path("schema").isObject()) {
            converted.set("schema", led(parameter.path("schema")));
        } else {
            ObjectNode schema = converted.putObject("schema");
            for (String field : OF_SCHEMAS) {
                if (parameter.has(field)) {
                    schema.set(field, parameter.get(field).deepCopy());
                }
            }
        }
        return converted;
    }

    /// A copy whose references lead to where things are in version 3.
    private static JsonNode led(JsonNode node) {
        JsonNode copy = node.deepCopy();
        SwaggerMerge.eachReference(
                copy,
                holder -> PLACES.forEach((before, now) -> {
                    String reference = holder.path("$ref").asString("");
                    if (reference.startsWith(before)) {
                        holder.put("$ref", now + reference.substring(before.length()));
                    }
                }));
        return copy;
    }
}
