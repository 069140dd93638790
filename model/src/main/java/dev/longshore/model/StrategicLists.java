package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a strategic merge patch merges lists: plain values by themselves, objects by their merge key.
record StrategicLists(StrategicMergePatch objects) {

    /// @param key the merge key; empty for lists of plain values
    /// @param isDeletion whether `patch` says what to delete
    ArrayNode merge(ArrayNode before, ArrayNode patch, String key, Schema items, boolean isDeletion) {
        if (before.isEmpty() && patch.isEmpty()) {
            return before;
        }
        boolean isOfObjects = isOfObjects(before, patch);
        if (!isOfObjects) {
            return isDeletion ? without(before, patch) : ordered(union(before, patch), patch, before, "");
        }
        if (key.isEmpty()) {
            throw StrategicMergePatch.failed("cannot merge lists without merge key for struct");
        }
        ArrayNode plain = Json.array();
        ArrayNode left = directed(before, patch, key, plain);
        List<JsonNode> server = left.valueStream().toList();
        ArrayNode merged = mergeObjects(left, plain, key, items);
        ArrayNode old = Json.array();
        server.forEach(old::add);
        return ordered(merged, plain, old, key);
    }

    private static boolean isOfObjects(ArrayNode before, ArrayNode patch) {
        String type = "";
        for (ArrayNode list : List.of(before, patch)) {
            for (JsonNode element : list) {
                String own = GoText.typeOf(element);
                if (type.isEmpty()) {
                    type = own;
                    if (element.isArray()) {
                        throw new FaultException(new Fault.Unprocessable());
                    }
                } else if (!type.equals(own)) {
                    throw StrategicMergePatch.failed("list element types are not identical: [%s %s]"
                            .formatted(GoText.of(before), GoText.of(patch)));
                }
            }
        }
        return type.startsWith("map");
    }

    private static ArrayNode union(ArrayNode before, ArrayNode patch) {
        var values = new LinkedHashSet<JsonNode>();
        before.forEach(values::add);
        patch.forEach(values::add);
        ArrayNode union = Json.array();
        values.forEach(union::add);
        return union;
    }

    private static ArrayNode without(ArrayNode before, ArrayNode gone) {
        Set<JsonNode> values = new HashSet<>();
        gone.forEach(values::add);
        ArrayNode left = Json.array();
        before.valueStream().filter(value -> !values.contains(value)).forEach(left::add);
        return left;
    }

    /// Carries out the directives among the elements of `patch`; the others go into `plain`.
    ///
    /// @return what is left of `before`
    private static ArrayNode directed(ArrayNode before, ArrayNode patch, String key, ArrayNode plain) {
        Set<JsonNode> gone = new HashSet<>();
        boolean replaces = false;
        for (JsonNode element : patch) {
            JsonNode directive = element.get(StrategicMergePatch.DIRECTIVE);
            if (directive == null) {
                plain.add(element);
                continue;
            }
            switch (directive.asString("")) {
                case "delete" -> gone.add(id(element, key));
                case "replace" -> replaces = true;
                case "merge" -> throw StrategicMergePatch.failed("merging lists cannot yet be specified in the patch");
                default -> throw StrategicMergePatch.unknownDirective(directive, (ObjectNode) element);
            }
        }
        if (replaces) {
            ArrayNode replacement = plain.deepCopy();
            plain.removeAll();
            return replacement;
        }
        ArrayNode left = Json.array();
        before.valueStream()
                .filter(element -> !element.has(key) || !gone.contains(element.get(key)))
                .forEach(left::add);
        return left;
    }

    /// The first element with the key counts: some lists have two (a port for TCP and for UDP).
    private ArrayNode mergeObjects(ArrayNode before, ArrayNode patch, String key, Schema items) {
        Map<JsonNode, Integer> places = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            JsonNode id = before.get(i).get(key);
            if (id != null) {
                places.putIfAbsent(id, i);
            }
        }
        for (JsonNode element : patch) {
            JsonNode id = id(element, key);
            Integer place = places.get(id);
            if (place == null) {
                places.put(id, before.size());
                before.add(element);
            } else {
                before.set(place, objects.merge((ObjectNode) before.get(place), (ObjectNode) element, items));
            }
        }
        return before;
    }

    /// `merged` in two orders: that which `wished` says, among the elements that it speaks of, and that of
    /// `old`, among the others. Where both meet, one of the others goes first only if it stood before in `old`.
    ArrayNode ordered(ArrayNode merged, ArrayNode wished, ArrayNode old, String key) {
        Map<JsonNode, Integer> wish = ranks(wished, key);
        Map<JsonNode, Integer> were = ranks(old, key);
        List<JsonNode> spoken = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        merged.forEach(element -> (wish.containsKey(id(element, key)) ? spoken : others).add(element));
        spoken.sort(Comparator.comparing(element -> wish.get(id(element, key))));
        others.sort(Comparator.comparing(element -> were.getOrDefault(id(element, key), Integer.MAX_VALUE)));
        ArrayNode result = Json.array();
        int next = 0;
        for (JsonNode element : spoken) {
            Integer after = were.get(id(element, key));
            while (next < others.size() && stoodBefore(were.get(id(others.get(next), key)), after)) {
                result.add(others.get(next++));
            }
            result.add(element);
        }
        others.subList(next, others.size()).forEach(result::add);
        return result;
    }

    private static boolean stoodBefore(Integer left, Integer right) {
        return left != null && right != null && left < right;
    }

    private static Map<JsonNode, Integer> ranks(ArrayNode list, String key) {
        Map<JsonNode, Integer> ranks = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            ranks.putIfAbsent(id(list.get(i), key), i);
        }
        return ranks;
    }

    /// Refuses a patch whose elements do not stand in the order that it asks for, or that are not in it.
    void requireOrder(ArrayNode patch, ArrayNode order, String key) {
        if (patch.isEmpty() || order.isEmpty()) {
            return;
        }
        int next = 0;
        for (JsonNode element : patch) {
            if (StrategicMergePatch.isDirected(element)) {
                continue;
            }
            while (next < order.size() && !id(order.get(next), key).equals(id(element, key))) {
                next++;
            }
            if (next == order.size()) {
                throw StrategicMergePatch.failed(
                        "The order in patch list:\n%s\n doesn't match $setElementOrder list:\n%s\n"
                                .formatted(GoText.of(patch), GoText.of(order)));
            }
            next++;
        }
    }

    private static JsonNode id(JsonNode element, String key) {
        if (key.isEmpty()) {
            return element;
        }
        if (!element.isObject()) {
            throw badType("map[string]interface {}", element);
        }
        JsonNode id = element.get(key);
        if (id == null) {
            throw StrategicMergePatch.failed(
                    "map: %s does not contain declared merge key: %s".formatted(GoText.of(element), key));
        }
        return id;
    }

    /// `value`, which must be a list.
    ArrayNode list(JsonNode value) {
        if (value instanceof ArrayNode list) {
            return list;
        }
        throw badType("[]interface {}", value);
    }

    private static FaultException badType(String expected, JsonNode value) {
        return StrategicMergePatch.failed("expected a %s, but received a %s".formatted(expected, GoText.typeOf(value)));
    }
}
