package dev.longshore.kinds.kit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
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

    private static boolean isEmpty(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || node.isContainer() && node.isEmpty()
                || node.isString() && node.asString().isEmpty();
    }
}
