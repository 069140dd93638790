package dev.longshore.builder.cases;

import dev.longshore.base.Json;
import dev.longshore.builder.FileTrees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An image as it can be compared.
///
/// @param config its `config` without what is empty, and its author
/// @param history who made its steps
record Made(Map<String, String> tree, ObjectNode config, List<String> history) {

    /// Of a configuration as a builder wrote it.
    static Made of(Map<String, String> tree, JsonNode configuration) {
        ObjectNode config = Json.object();
        configuration.path("config").properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
        config.put("author", configuration.path("author").asString(""));
        List<String> history = configuration
                .path("history")
                .valueStream()
                .map(step -> step.path("created_by").asString(""))
                .toList();
        return new Made(tree, Difference.withoutEmpty(config), history);
    }

    /// Of a configuration, and the directory where its files are.
    static Made of(Path root, JsonNode configuration) throws IOException {
        return of(FileTrees.below(root), configuration);
    }

    /// What this has that `base` has not, if it is built on it.
    Made beyond(Made base) {
        return Difference.between(base, this);
    }
}
