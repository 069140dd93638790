package dev.longshore.kinds.custom;

import dev.longshore.base.Json;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether lists that are sets hold nothing twice, and lists that are maps no key twice.
final class ListKeys {

    private ListKeys() {}

    /// What is there twice in `value`, a whole resource.
    static List<Cause> check(JsonNode value, Structural schema) {
        var causes = new ArrayList<Cause>();
        fields(value, schema, "", causes);
        return causes;
    }

    private static void fields(JsonNode value, Structural schema, String path, List<Cause> causes) {
        value.properties().forEach(field -> {
            boolean isNamed = schema.properties().containsKey(field.getKey());
            String step = isNamed ? "." + field.getKey() : "[" + field.getKey() + "]";
            String below = path.isEmpty() && isNamed ? field.getKey() : path + step;
            schema.field(field.getKey()).ifPresent(inner -> walk(field.getValue(), inner, below, causes));
        });
    }

    private static void walk(JsonNode value, Structural schema, String path, List<Cause> causes) {
        if (value instanceof ObjectNode) {
            fields(value, schema, path, causes);
        } else if (value instanceof ArrayNode list) {
            switch (schema.listType()) {
                case "set" -> twice(valuesOf(list), path, causes);
                case "map" -> map(list, schema.listKeys(), path, causes);
                default -> {}
            }
            schema.items().ifPresent(items -> {
                for (int i = 0; i < list.size(); i++) {
                    walk(list.get(i), items, path + "[" + i + "]", causes);
                }
            });
        }
    }

    private static List<JsonNode> valuesOf(ArrayNode list) {
        return list.valueStream().toList();
    }

    private static void map(ArrayNode list, List<String> keys, String path, List<Cause> causes) {
        for (int i = 0; i < list.size(); i++) {
            JsonNode element = list.get(i);
            if (!element.isNull() && !element.isObject()) {
                causes.add(Cause.invalid(
                        path + "[" + i + "]", shown(element), "must be an object for an array of list-type map"));
                return;
            }
        }
        twice(list.valueStream().map(element -> key(element, keys)).toList(), path, causes);
    }

    /// The fields by which an element is known: what it does not say is no part of it.
    static JsonNode key(JsonNode element, List<String> keys) {
        ObjectNode key = Json.object();
        keys.forEach(name -> Optional.ofNullable(element.get(name)).ifPresent(value -> key.set(name, value)));
        return key;
    }

    /// Each value is told once, where it stands for the second time.
    private static void twice(List<JsonNode> values, String path, List<Cause> causes) {
        var seen = new HashMap<JsonNode, Integer>();
        for (int i = 0; i < values.size(); i++) {
            if (seen.merge(values.get(i), 1, Integer::sum) == 2) {
                causes.add(Cause.duplicate(path + "[" + i + "]", shown(values.get(i))));
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isString() ? Cause.quote(value.asString()) : value.toString();
    }
}
