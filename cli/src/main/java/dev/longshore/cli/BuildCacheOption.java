package dev.longshore.cli;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

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
            Map<String, String> fields = fields(option, text);
            String type = fields.remove("type");
            ObjectNode attributes =
                    array.addObject().put("Type", type == null ? "" : type).putObject("Attrs");
            fields.forEach(attributes::put);
        }
        return new String(Json.bytes(array), StandardCharsets.UTF_8);
    }

    private static Map<String, String> fields(String option, String text) {
        if (!text.contains("=")) {
            return new LinkedHashMap<>(Map.of("type", "registry", "ref", text));
        }
        var fields = new LinkedHashMap<>(CsvFields.read(option, text));
        switch (fields.getOrDefault("type", "")) {
            case "registry" -> need(option, text, fields.getOrDefault("ref", ""));
            case "local" -> {
                String written = fields.remove("dest");
                String read = fields.remove("src");
                String place = written == null ? read == null ? "" : read : written;
                need(option, text, place);
                fields.put("path", Path.of(place).toAbsolutePath().normalize().toString());
            }
            case "inline" -> {
                // Nothing more is needed.
            }
            default ->
                throw new CommandFailure(option + " " + text
                        + ": write type=local,dest=DIR (or src=DIR), type=registry,ref=NAME or type=inline");
        }
        return fields;
    }

    private static void need(String option, String text, String place) {
        if (place.isEmpty()) {
            throw new CommandFailure(option + " " + text + ": the place is missing");
        }
    }
}
