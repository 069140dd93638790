package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Where the elements of a merged list stand. Two orders are kept: that which the patch wishes, among the
/// elements it speaks of, and that of the old list, among the others. Where both meet, an element of the others
/// goes before one of the patch only if it stood before it in the old list.
///
/// @param key the merge key; empty for lists of plain values
record ElementOrder(String key) {

    ArrayNode arrange(List<JsonNode> merged, ArrayNode wished, ArrayNode old) {
        var spoken = new ArrayList<JsonNode>();
        for (JsonNode wish : wished) {
            merged.stream()
                    .filter(element -> id(element).equals(id(wish)))
                    .filter(element -> !spoken.contains(element))
                    .findFirst()
                    .ifPresent(spoken::add);
        }
        var others =
                merged.stream().filter(element -> !spoken.contains(element)).toList();
        ArrayNode result = Json.array();
        int next = 0;
        for (JsonNode element : spoken) {
            while (next < others.size() && stoodBefore(others.get(next), element, old)) {
                result.add(others.get(next++));
            }
            result.add(element);
        }
        others.subList(next, others.size()).forEach(result::add);
        return result;
    }

    private boolean stoodBefore(JsonNode left, JsonNode right, ArrayNode old) {
        int before = index(left, old);
        int after = index(right, old);
        return before >= 0 && after >= 0 && before < after;
    }

    private int index(JsonNode element, ArrayNode list) {
        for (int i = 0; i < list.size(); i++) {
            if (id(list.get(i)).equals(id(element))) {
                return i;
            }
        }
        return -1;
    }

    private JsonNode id(JsonNode element) {
        return key.isEmpty() ? element : element.path(key);
    }
}
