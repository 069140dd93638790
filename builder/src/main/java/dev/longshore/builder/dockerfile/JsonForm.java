package dev.longshore.builder.dockerfile;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The exec form of an instruction: a JSON array of strings. What looks like one and is none is a shell form, but
/// an array of other things is an error.
final class JsonForm {

    private JsonForm() {}

    /// @throws IllegalArgumentException when it is an array with something else than strings
    static Optional<List<String>> read(String text) {
        String bare = GoText.strip(text);
        if (!bare.startsWith("[")) {
            return Optional.empty();
        }
        JsonNode tree;
        try {
            tree = Json.parse(bare);
        } catch (Json.MalformedException shellForm) {
            return Optional.empty();
        }
        var strings = new ArrayList<String>();
        for (JsonNode entry : tree) {
            if (!entry.isString()) {
                throw new IllegalArgumentException(
                        "when using JSON array syntax, arrays must be comprised of strings only");
            }
            strings.add(entry.asString());
        }
        return Optional.of(List.copyOf(strings));
    }
}
