package dev.longshore.base;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Halves of UTF-16 pairs, which JSON can spell and UTF-8 cannot: they become U+FFFD, as in Go.
final class LoneSurrogates {

    private LoneSurrogates() {}

    /// `tree`, changed in place where it is a container.
    static JsonNode replaced(JsonNode tree) {
        switch (tree) {
            case ObjectNode object -> {
                for (var entry : java.util.List.copyOf(object.properties())) {
                    String name = replaced(entry.getKey());
                    if (!name.equals(entry.getKey())) {
                        object.remove(entry.getKey());
                    }
                    object.set(name, replaced(entry.getValue()));
                }
                return object;
            }
            case ArrayNode list -> {
                for (int i = 0; i < list.size(); i++) {
                    list.set(i, replaced(list.get(i)));
                }
                return list;
            }
            case JsonNode scalar -> {
                return scalar.isString() ? JsonNodeFactory.instance.stringNode(replaced(scalar.asString())) : scalar;
            }
        }
    }

    private static String replaced(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints()
                .map(each -> each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE ? 0xfffd : each)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
