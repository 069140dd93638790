package dev.longshore.kubelet.configuration;

import dev.longshore.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Every field that `KubeletConfiguration` of Kubernetes 1.36 has, out of `fields.tsv`: where it is, what it holds,
/// what it is when nobody sets it, and whether anything here acts on it.
final class ConfigurationFields {

    private static final Map<String, Field> ALL = read();

    private ConfigurationFields() {}

    /// In the order of the original's, by path (`authentication.webhook.enabled`).
    static Map<String, Field> all() {
        return ALL;
    }

    /// One that is there.
    ///
    /// @throws IllegalArgumentException when there is none of the name, which is a mistake of the caller's
    static Field of(String path) {
        return Optional.ofNullable(ALL.get(path))
                .orElseThrow(() -> new IllegalArgumentException("no field of KubeletConfiguration: " + path));
    }

    /// Whether fields lie below `path`.
    static boolean isParent(String path) {
        return ALL.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    private static Map<String, Field> read() {
        var fields = new LinkedHashMap<String, Field>();
        var stream = Objects.requireNonNull(ConfigurationFields.class.getResourceAsStream("fields.tsv"));
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .forEach(cells -> fields.put(
                            cells[0],
                            new Field(
                                    cells[0],
                                    Kind.valueOf(cells[1].toUpperCase(Locale.ROOT)),
                                    cells[2].equals("used"),
                                    cells[3].isEmpty() ? Optional.empty() : Optional.of(Json.parse(cells[3])))));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return fields;
    }

    /// What a field may hold.
    enum Kind {
        BOOL("bool", JsonNode::isBoolean),
        INT("integer", JsonNode::isIntegralNumber),
        FLOAT("number", JsonNode::isNumber),
        STRING("string", JsonNode::isString),
        DURATION("duration, as \"1m30s\"", JsonNode::isString),
        STRINGS("list of strings", value -> value.isArray() && every(value, JsonNode::isString)),
        INTS("list of integers", value -> value.isArray() && every(value, JsonNode::isIntegralNumber)),
        MAP("map of strings", value -> value.isObject() && every(value, JsonNode::isString)),
        BOOLS("map of bools", value -> value.isObject() && every(value, JsonNode::isBoolean)),
        LIST("list", JsonNode::isArray),
        OBJECT("map", JsonNode::isObject),
        ANY("value", value -> true);

        private final String word;
        private final java.util.function.Predicate<JsonNode> fits;

        Kind(String word, java.util.function.Predicate<JsonNode> fits) {
            this.word = word;
            this.fits = fits;
        }

        String word() {
            return word;
        }

        boolean fits(JsonNode value) {
            return fits.test(value);
        }

        private static boolean every(JsonNode values, java.util.function.Predicate<JsonNode> fits) {
            for (JsonNode value : values) {
                if (!fits.test(value)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// @param isUsed whether setting it changes anything
    record Field(String path, Kind kind, boolean isUsed, Optional<JsonNode> usual) {}
}
