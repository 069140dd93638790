package dev.longshore.kinds.kit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Filling in what is absent. An empty string counts as absent, as in Go.
public final class Defaults {

    private Defaults() {}

    /// Sets a string.
    public static void put(ObjectNode object, String field, String value) {
        JsonNode present = object.path(field);
        if (isAbsent(present) || present.isString() && present.asString().isEmpty()) {
            object.put(field, value);
        }
    }

    /// Sets a number.
    public static void put(ObjectNode object, String field, int value) {
        if (isAbsent(object.path(field))) {
            object.put(field, value);
        }
    }

    /// Sets a number where 0 counts as absent.
    public static void putNonZero(ObjectNode object, String field, int value) {
        if (isAbsent(object.path(field)) || object.path(field).asInt(1) == 0) {
            object.put(field, value);
        }
    }

    /// Sets a flag.
    public static void put(ObjectNode object, String field, boolean value) {
        if (isAbsent(object.path(field))) {
            object.put(field, value);
        }
    }

    /// The object under `field`, made if absent.
    public static ObjectNode object(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode object ? object : parent.putObject(field);
    }

    /// The list under `field`, made if absent.
    public static ArrayNode array(ObjectNode parent, String field) {
        return parent.get(field) instanceof ArrayNode array ? array : parent.putArray(field);
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
