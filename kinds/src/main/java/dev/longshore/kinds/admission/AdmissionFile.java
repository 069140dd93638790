package dev.longshore.kinds.admission;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.ANYTHING;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECTS;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads an `AdmissionConfiguration`: how single rules are configured, there or in files of their own.
final class AdmissionFile {

    private static final StrictConfiguration FORM = new StrictConfiguration(
            "AdmissionConfiguration",
            List.of("apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1"),
            Map.of(
                    "plugins", OBJECTS,
                    "plugins.name", TEXT,
                    "plugins.path", TEXT,
                    "plugins.configuration", ANYTHING));

    private AdmissionFile() {}

    /// @throws IllegalArgumentException if it cannot be read, or says what cannot be
    static Map<String, JsonNode> read(Path file) {
        var configurations = new HashMap<String, JsonNode>();
        for (ObjectNode plugin : Trees.list(checked(file), "plugins")) {
            String name = Trees.text(plugin, "name");
            // The first one counts, as in the original.
            if (configurations.containsKey(name)) {
                continue;
            }
            String path = Trees.text(plugin, "path");
            if (Trees.has(plugin, "configuration")) {
                configurations.put(name, plugin.get("configuration"));
            } else if (!path.isEmpty()) {
                configurations.put(name, tree(file.toAbsolutePath().resolveSibling(path)));
            }
        }
        return configurations;
    }

    private static ObjectNode checked(Path file) {
        JsonNode tree = tree(file);
        try {
            return FORM.checked(tree);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    private static JsonNode tree(Path file) {
        try {
            return Yaml.parseAsGo(Files.readString(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "unable to read admission control configuration from \"" + file + "\": " + unreadable.getMessage(),
                    unreadable);
        } catch (Json.MalformedException malformed) {
            throw new IllegalArgumentException(file + ": " + malformed.getMessage(), malformed);
        }
    }
}
