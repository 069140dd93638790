package dev.longshore.kinds.custom;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The places of a changed object where all is as it was. An object that was accepted under an older schema can so be
/// changed in one place while it is wrong in another. Elements of a list have a past only where keys tell which is
/// which.
final class Unchanged {

    static final Unchanged NOTHING = new Unchanged();

    /// The highest of them, as [SchemaValues] names places: nobody looks below.
    private final Set<String> places = new HashSet<>();

    private Unchanged() {}

    /// Those of `value`, which was `old` before (missing, if it was not there).
    static Unchanged of(JsonNode value, JsonNode old, Structural schema) {
        var unchanged = new Unchanged();
        unchanged.compare("", value, old, schema);
        return unchanged;
    }

    boolean contains(String place) {
        return places.contains(place);
    }

    private void compare(String place, JsonNode value, JsonNode old, Structural schema) {
        if (old.isMissingNode()) {
            return;
        }
        if (value.equals(old)) {
            places.add(place);
        } else if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                String below = place.isEmpty() ? field.getKey() : place + "." + field.getKey();
                schema.field(field.getKey())
                        .ifPresent(inner -> compare(below, field.getValue(), old.path(field.getKey()), inner));
            });
        } else if (value instanceof ArrayNode list && schema.listType().equals("map")) {
            elements(place, list, old, schema);
        }
    }

    private void elements(String place, ArrayNode list, JsonNode old, Structural schema) {
        var before = new HashMap<JsonNode, JsonNode>();
        old.forEach(element -> before.putIfAbsent(ListKeys.key(element, schema.listKeys()), element));
        schema.items().ifPresent(items -> {
            for (int i = 0; i < list.size(); i++) {
                JsonNode was = before.get(ListKeys.key(list.get(i), schema.listKeys()));
                if (was != null) {
                    compare(place + "[" + i + "]", list.get(i), was, items);
                }
            }
        });
    }
}
