package dev.longshore.cli;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// `--cache-from` and `--cache-to`.
final class BuildCacheOption {

    private BuildCacheOption() {}

    /// As the engine reads them; empty if there are none. A name alone is a registry's.
    ///
    /// @throws CommandFailure when one says nothing that we could do
    static String json(String option, List<String> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        var array = Json.array();
        for (String text : texts) {
            boolean isName = !text.contains("=");
            Map<String, String> fields =
                    isName ? Map.of("type", "registry", "ref", text) : CsvFields.read(option, text);
            String type = fields.getOrDefault("type", "");
            String key = type.equals("registry") ? "ref" : "path";
            String value =
                    switch (type) {
                        case "registry" -> fields.getOrDefault("ref", "");
                        case "local" -> path(fields.getOrDefault("dest", fields.getOrDefault("src", "")));
                        default ->
                            throw new CommandFailure(option + " " + text
                                    + ": write type=local,dest=DIR (or src=DIR), or type=registry,ref=NAME");
                    };
            if (value.isEmpty()) {
                throw new CommandFailure(option + " " + text + ": the place is missing");
            }
            array.addObject().put("Type", type).putObject("Attrs").put(key, value);
        }
        return new String(Json.bytes(array), StandardCharsets.UTF_8);
    }

    private static String path(String text) {
        return text.isEmpty() ? "" : Path.of(text).toAbsolutePath().normalize().toString();
    }
}
