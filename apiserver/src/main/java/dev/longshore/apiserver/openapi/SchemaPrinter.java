package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import dev.longshore.model.Schema;
import java.util.Collection;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints schemas as OpenAPI has them.
///
/// @param version of OpenAPI
/// @param needed where the names of all definitions that were referred to are collected
record SchemaPrinter(DocumentVersion version, Set<String> needed) {

    ObjectNode print(Schema schema) {
        ObjectNode node = Json.object();
        text(node, "description", schema.description());
        schema.reference().ifPresentOrElse(name -> reference(node, name), () -> body(node, schema));
        mergeFacts(node, schema);
        return node;
    }

    /// Version 3 allows nothing beside a reference: what else is to be said stands around it.
    private void reference(ObjectNode node, String name) {
        needed.add(name);
        if (isThree()) {
            node.putArray("allOf").addObject().put("$ref", version.reference(name));
        } else {
            node.put("$ref", version.reference(name));
        }
    }

    private boolean isThree() {
        return version == DocumentVersion.THREE;
    }

    private void body(ObjectNode node, Schema schema) {
        switch (schema.format()) {
            case "quantity" -> {
                oneOf(node, "string", "number");
                return;
            }
            case "int-or-string" -> {
                oneOf(node.put("format", "int-or-string"), "integer", "string");
                return;
            }
            default -> text(node, "format", schema.format());
        }
        text(node, "type", schema.type());
        if (!schema.required().isEmpty()) {
            strings(node.putArray("required"), schema.required());
        }
        if (!schema.properties().isEmpty()) {
            ObjectNode properties = node.putObject("properties");
            schema.properties()
                    .forEach((name, property) -> properties.set(
                            name,
                            defaulted(
                                    print(property), property, schema.required().contains(name))));
        }
        schema.additional().ifPresent(values -> node.set("additionalProperties", element(values)));
        schema.items().ifPresent(items -> node.set("items", element(items)));
    }

    private void oneOf(ObjectNode node, String first, String second) {
        if (isThree()) {
            ArrayNode choices = node.putArray("oneOf");
            choices.addObject().put("type", first);
            choices.addObject().put("type", second);
        } else {
            node.put("type", "string");
        }
    }

    private ObjectNode element(Schema schema) {
        ObjectNode node = print(schema);
        if (isThree() && schema.reference().isPresent()) {
            node.putObject("default");
        }
        return defaulted(node, schema, true);
    }

    /// What a value is that must be there: version 3 tells the zero value.
    private ObjectNode defaulted(ObjectNode node, Schema schema, boolean isRequired) {
        if (!isThree() || !isRequired || schema.reference().isPresent()) {
            return node;
        }
        return switch (schema.type()) {
            case "string" -> node.put("default", "");
            case "integer", "number" -> node.put("default", 0);
            case "boolean" -> node.put("default", false);
            default -> node;
        };
    }

    private static void mergeFacts(ObjectNode node, Schema schema) {
        text(node, "x-kubernetes-list-type", schema.listType());
        if (!schema.listMapKeys().isEmpty()) {
            strings(node.putArray("x-kubernetes-list-map-keys"), schema.listMapKeys());
        }
        text(node, "x-kubernetes-map-type", schema.mapType());
        text(node, "x-kubernetes-patch-strategy", schema.patchStrategy());
        text(node, "x-kubernetes-patch-merge-key", schema.patchMergeKey());
    }

    private static void text(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }

    private static void strings(ArrayNode array, Collection<String> values) {
        values.forEach(array::add);
    }
}
