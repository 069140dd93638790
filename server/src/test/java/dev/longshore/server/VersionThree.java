package dev.longshore.server;

import dev.longshore.base.Json;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Says in OpenAPI version 2 what a document of version 3 says, for comparing.
final class VersionThree {

    private VersionThree() {}

    static JsonNode asTwo(JsonNode item, String path) {
        ObjectNode copy = (ObjectNode) item.deepCopy();
        parameters(copy);
        copy.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode operation) {
                operation(operation, path);
            }
        });
        return copy;
    }

    private static void operation(ObjectNode operation, String path) {
        parameters(operation);
        JsonNode body = operation.remove("requestBody");
        boolean hasBody = body != null;
        if (hasBody) {
            ObjectNode parameter = Json.object().put("name", "body").put("in", "body");
            if (body.path("required").asBoolean(false)) {
                parameter.put("required", true);
            }
            parameter.set("schema", asTwo(first(body.path("content"))));
            ArrayNode all =
                    operation.path("parameters") instanceof ArrayNode some ? some : operation.putArray("parameters");
            all.add(parameter);
        }
        var produced = new ArrayList<String>();
        operation.path("responses").forEach(response -> {
            JsonNode content = ((ObjectNode) response).remove("content");
            if (content != null) {
                produced.clear();
                content.propertyNames().forEach(produced::add);
                ((ObjectNode) response).set("schema", asTwo(first(content)));
            }
        });
        if (!produced.isEmpty()) {
            produced.forEach(operation.putArray("produces")::add);
        }
        consumes(operation, body, path, produced);
        operation.putArray("schemes").add("https");
    }

    /// Version 3 tells what is consumed only where there is a body; elsewhere all say the same.
    private static void consumes(ObjectNode operation, JsonNode body, String path, ArrayList<String> produced) {
        boolean isAboutObjects = operation.has("x-kubernetes-action");
        if (body != null) {
            body.path("content").propertyNames().forEach(operation.withArray("consumes")::add);
        } else if (isAboutObjects) {
            operation.putArray("consumes").add("*/*");
        } else if (path.startsWith("/api") || path.startsWith("/version")) {
            produced.forEach(operation.putArray("consumes")::add);
        }
    }

    private static JsonNode first(JsonNode content) {
        return content.iterator().next().path("schema");
    }

    private static void parameters(ObjectNode holder) {
        holder.path("parameters").forEach(parameter -> {
            var object = (ObjectNode) parameter;
            object.setAll((ObjectNode) object.remove("schema"));
        });
    }

    /// A schema: references stand alone, values of several types are strings, neither defaults nor choices are told.
    static JsonNode asTwo(JsonNode schema) {
        if (!(schema.deepCopy() instanceof ObjectNode copy)) {
            return schema;
        }
        copy.remove("default");
        copy.remove("enum");
        if (copy.has("oneOf")) {
            copy.remove("oneOf");
            copy.put("type", "string");
        }
        JsonNode all = copy.remove("allOf");
        if (all != null) {
            copy.setAll((ObjectNode) all.get(0));
        }
        if (copy.has("$ref")) {
            copy.put("$ref", copy.get("$ref").asString().replace("#/components/schemas/", "#/definitions/"));
        }
        for (String nested : java.util.List.of("items", "additionalProperties")) {
            if (copy.path(nested).isObject()) {
                copy.set(nested, asTwo(copy.get(nested)));
            }
        }
        if (copy.path("properties") instanceof ObjectNode properties) {
            ObjectNode converted = Json.object();
            properties.properties().forEach(entry -> converted.set(entry.getKey(), asTwo(entry.getValue())));
            copy.set("properties", converted);
        }
        return copy;
    }
}
