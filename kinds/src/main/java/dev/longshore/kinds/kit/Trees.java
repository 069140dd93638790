package dev.longshore.kinds.kit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Short ways to read trees. Null counts as absent, as in Go.
public final class Trees {

    private Trees() {}

    /// The node at `path`, a missing node if there is none.
    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String step : path) {
            found = found.path(step);
        }
        return found;
    }

    /// True if there is something other than null at `path`.
    public static boolean has(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return !found.isMissingNode() && !found.isNull();
    }

    /// The string at `path`, or the empty string.
    public static String text(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return found.isString() ? found.asString() : "";
    }

    /// The integer at `path`, or `otherwise`.
    public static long number(JsonNode node, long otherwise, String... path) {
        JsonNode found = at(node, path);
        return found.isNumber() ? found.asLong() : otherwise;
    }

    /// True if there is `true` at `path`.
    public static boolean flag(JsonNode node, String... path) {
        return at(node, path).asBoolean(false);
    }

    /// The objects in the list at `path`.
    public static List<ObjectNode> list(JsonNode node, String... path) {
        var objects = new ArrayList<ObjectNode>();
        for (JsonNode element : at(node, path)) {
            if (element instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }

    /// Calls `visitor` with each object in the list `field` of `holder` and with that object's path below `path`.
    public static void each(JsonNode holder, String path, String field, BiConsumer<String, ObjectNode> visitor) {
        JsonNode list = holder.path(field);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof ObjectNode object) {
                visitor.accept(path + '.' + field + '[' + i + ']', object);
            }
        }
    }

    /// The strings in the list at `path`.
    public static List<String> strings(JsonNode node, String... path) {
        JsonNode list = at(node, path);
        return list.isArray()
                ? list.valueStream().map(value -> value.asString("")).toList()
                : List.of();
    }

    /// The string values of the object at `path`.
    public static Map<String, String> texts(JsonNode node, String... path) {
        var map = new LinkedHashMap<String, String>();
        at(node, path)
                .properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
        return map;
    }

    /// The object at `path`, if there is one.
    public static Optional<ObjectNode> object(JsonNode node, String... path) {
        return at(node, path) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    }

    /// True if both trees say the same at `path`; absent, null and empty are the same.
    public static boolean same(JsonNode left, JsonNode right, String... path) {
        JsonNode one = at(left, path);
        JsonNode other = at(right, path);
        return isEmpty(one) ? isEmpty(other) : one.equals(other);
    }

    /// A copy without what says nothing: null, and empty objects, lists and strings, wherever they are. Two trees
    /// that are equal then are the same object to Go.
    public static JsonNode pruned(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.properties().forEach(field -> {
                JsonNode value = pruned(field.getValue());
                if (!isEmpty(value)) {
                    copy.set(field.getKey(), value);
                }
            });
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(value -> copy.add(pruned(value)));
            return copy;
        }
        return node;
    }

    private static boolean isEmpty(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || node.isContainer() && node.isEmpty()
                || node.isString() && node.asString().isEmpty();
    }
}
