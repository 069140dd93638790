package dev.longshore.builder.dockerfile;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The exec form of an instruction: a JSON array of strings. What looks like one and is none is a shell form.
final class JsonForm {

    private JsonForm() {}

    static Optional<List<String>> read(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            JsonNode tree = Json.parse(text);
            var strings = new ArrayList<String>();
            for (JsonNode entry : tree) {
                if (!entry.isString()) {
                    return Optional.empty();
                }
                strings.add(entry.asString());
            }
            return tree.isArray() ? Optional.of(List.copyOf(strings)) : Optional.empty();
        } catch (Json.MalformedException shellForm) {
            return Optional.empty();
        }
    }
}
