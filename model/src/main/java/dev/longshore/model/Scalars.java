package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Comparing JSON values as values: 1 is 1.0 is 1e0, and the order of an object's fields does not count.
final class Scalars {

    /// Numbers before strings before booleans before all else.
    static final Comparator<JsonNode> ORDER = (left, right) -> {
        int kind = Integer.compare(rank(left), rank(right));
        if (kind != 0) {
            return kind;
        }
        if (left.isNumber()) {
            return compareNumbers(left, right);
        }
        if (left.isString()) {
            return left.asString().compareTo(right.asString());
        }
        if (left.isBoolean()) {
            return Boolean.compare(left.asBoolean(), right.asBoolean());
        }
        return left.toString().compareTo(right.toString());
    };

    private Scalars() {}

    private static int rank(JsonNode value) {
        return value.isNumber() ? 0 : value.isString() ? 1 : value.isBoolean() ? 2 : 3;
    }

    private static int compareNumbers(JsonNode left, JsonNode right) {
        boolean isPlain = left.canConvertToLong()
                && right.canConvertToLong()
                && left.isIntegralNumber()
                && right.isIntegralNumber();
        return isPlain
                ? Long.compare(left.asLong(), right.asLong())
                : left.decimalValue().compareTo(right.decimalValue());
    }

    /// A copy, typed as [Json#parse(byte[])] types what [Json#bytes] prints.
    static JsonNode plain(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            object.properties().forEach(field -> copy.set(field.getKey(), plain(field.getValue())));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = Json.array();
            array.forEach(element -> copy.add(plain(element)));
            return copy;
        }
        boolean isPlain = value.isString() || value.isBoolean() || value.isNull() || value.isInt();
        return isPlain ? value : Json.parse(Json.bytes(value));
    }

    /// True if both are the same value.
    static boolean same(JsonNode left, JsonNode right) {
        if (left == right) {
            return true;
        }
        if (left.isNumber() && right.isNumber()) {
            return compareNumbers(left, right) == 0;
        }
        if (left.isObject() && right.isObject()) {
            return sameFields(left, right);
        }
        if (left.isArray() && right.isArray()) {
            return sameElements(left, right);
        }
        return left.equals(right);
    }

    /// True if both objects have the same fields, those called `ignored` aside.
    static boolean sameBut(JsonNode left, JsonNode right, List<String> ignored) {
        int count = 0;
        for (var field : left.properties()) {
            if (ignored.contains(field.getKey())) {
                continue;
            }
            JsonNode other = right.get(field.getKey());
            if (other == null || !same(field.getValue(), other)) {
                return false;
            }
            count++;
        }
        long others = right.properties().stream()
                .filter(field -> !ignored.contains(field.getKey()))
                .count();
        return count == others;
    }

    private static boolean sameFields(JsonNode left, JsonNode right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (var field : left.properties()) {
            JsonNode other = right.get(field.getKey());
            if (other == null || !same(field.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameElements(JsonNode left, JsonNode right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<JsonNode> others = right.iterator();
        for (JsonNode element : left) {
            if (!same(element, others.next())) {
                return false;
            }
        }
        return true;
    }
}
