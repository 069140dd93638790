package dev.longshore.kinds.custom;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes out of objects what a structural schema does not know, and fills in what it knows better: unknown fields,
/// nulls where none may be, defaults. Values change in place.
final class Fields {

    /// What every resource has, whatever its schema says.
    static final Set<String> OF_EVERY_RESOURCE = Set.of("apiVersion", "kind", "metadata");

    private Fields() {}

    /// Takes the unknown fields out of a whole resource.
    ///
    /// @return their paths, in the order of the alphabet
    static List<String> prune(ObjectNode resource, Structural schema) {
        var unknown = new ArrayList<String>();
        if (schema.preservesUnknown()) {
            pruneKnown(resource, schema, true, "", unknown);
        } else {
            pruneObject(resource, schema, true, "", unknown);
        }
        Collections.sort(unknown);
        return unknown;
    }

    /// Takes the unknown fields out of `value`, a part of a resource.
    static void prunePart(JsonNode value, Structural schema) {
        prune(value, Optional.of(schema), "", new ArrayList<>());
    }

    /// @param schema empty where nothing is said: nothing is known there
    private static void prune(JsonNode value, Optional<Structural> schema, String path, List<String> unknown) {
        if (schema.isPresent() && schema.get().preservesUnknown()) {
            pruneKnown(value, schema.get(), schema.get().isEmbedded(), path, unknown);
        } else if (value instanceof ArrayNode list) {
            Optional<Structural> items = schema.flatMap(Structural::items);
            for (int i = 0; i < list.size(); i++) {
                prune(list.get(i), items, path + "[" + i + "]", unknown);
            }
        } else if (value instanceof ObjectNode object && schema.isPresent()) {
            pruneObject(object, schema.get(), schema.get().isEmbedded(), path, unknown);
        } else if (value instanceof ObjectNode object) {
            object.propertyNames().forEach(name -> unknown.add(below(path, name)));
            object.removeAll();
        }
    }

    private static void pruneObject(
            ObjectNode object, Structural schema, boolean isResource, String path, List<String> unknown) {
        for (String name : List.copyOf(object.propertyNames())) {
            if (isResource && OF_EVERY_RESOURCE.contains(name)) {
                continue;
            }
            if (schema.knows(name)) {
                prune(object.get(name), schema.field(name), below(path, name), unknown);
            } else {
                unknown.add(below(path, name));
                object.remove(name);
            }
        }
    }

    /// Below what is known there may be what is not.
    private static void pruneKnown(
            JsonNode value, Structural schema, boolean isResource, String path, List<String> unknown) {
        if (value instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                JsonNode element = list.get(i);
                String at = path + "[" + i + "]";
                schema.items().ifPresent(items -> pruneKnown(element, items, items.isEmbedded(), at, unknown));
            }
        } else if (value instanceof ObjectNode object) {
            for (String name : object.propertyNames()) {
                boolean isOwn = isResource && OF_EVERY_RESOURCE.contains(name);
                if (!isOwn && schema.knows(name)) {
                    prune(object.get(name), schema.field(name), below(path, name), unknown);
                }
            }
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// Takes out fields that are null where null is no value and nothing takes its place.
    static void dropNulls(JsonNode value, Structural schema) {
        if (value instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                Optional<Structural> inner = schema.field(name);
                if (inner.isEmpty()) {
                    continue;
                }
                boolean isNothing = object.get(name).isNull()
                        && !inner.get().isNullable()
                        && inner.get().fallback().isEmpty();
                if (isNothing) {
                    object.remove(name);
                } else {
                    dropNulls(object.get(name), inner.get());
                }
            }
        } else if (value instanceof ArrayNode list) {
            schema.items().ifPresent(items -> list.forEach(element -> dropNulls(element, items)));
        }
    }

    /// Fills in defaults, also in the place of nulls where null is no value.
    static void fill(JsonNode value, Structural schema) {
        if (value instanceof ObjectNode object) {
            schema.properties()
                    .forEach((name, inner) -> inner.fallback().ifPresent(fallback -> {
                        JsonNode now = object.get(name);
                        if (now == null || now.isNull() && !inner.isNullable()) {
                            object.set(name, fallback.deepCopy());
                        }
                    }));
            for (String name : object.propertyNames()) {
                schema.field(name).ifPresent(inner -> {
                    if (!schema.properties().containsKey(name)) {
                        fillNull(object, name, inner);
                    }
                    fill(object.get(name), inner);
                });
            }
        } else if (value instanceof ArrayNode list) {
            schema.items().ifPresent(items -> {
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i).isNull()
                            && !items.isNullable()
                            && items.fallback().isPresent()) {
                        list.set(i, items.fallback().get().deepCopy());
                    }
                    fill(list.get(i), items);
                }
            });
        }
    }

    private static void fillNull(ObjectNode object, String name, Structural inner) {
        if (object.get(name).isNull() && !inner.isNullable() && inner.fallback().isPresent()) {
            object.set(name, inner.fallback().get().deepCopy());
        }
    }
}
