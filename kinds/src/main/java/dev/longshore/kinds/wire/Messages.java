package dev.longshore.kinds.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Which field has which number, from a table that is read when the first protobuf body comes.
final class Messages {

    private final Map<String, Map<Integer, Field>> parsed = new ConcurrentHashMap<>();
    private final Map<String, String> lines;

    private Messages(Map<String, String> lines) {
        this.lines = lines;
    }

    /// A field.
    ///
    /// @param name as JSON has it; `~` if the message's own fields stand in its place
    /// @param type `s`, `i`, `b`, `d`, `y`, or `@` and the name of a message; a map's values' type
    record Field(String name, String type, boolean isRepeated, boolean isMap) {
        boolean isInline() {
            return name.equals("~");
        }

        Optional<String> message() {
            return type.startsWith("@") ? Optional.of(type.substring(1)) : Optional.empty();
        }
    }

    static Messages load() {
        var lines = new HashMap<String, String>();
        try (var stream = Messages.class.getResourceAsStream("messages.tsv")) {
            new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> {
                        int tab = line.indexOf('\t');
                        lines.put(line.substring(0, tab), line.substring(tab + 1));
                    });
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read the table of messages", broken);
        }
        return new Messages(lines);
    }

    boolean knows(String message) {
        return lines.containsKey(message);
    }

    /// By number; empty for messages that are not in the table.
    Map<Integer, Field> fields(String message) {
        return parsed.computeIfAbsent(message, this::parse);
    }

    private Map<Integer, Field> parse(String message) {
        var fields = new HashMap<Integer, Field>();
        String inPackage = message.substring(0, message.lastIndexOf('.'));
        for (String text : lines.getOrDefault(message, "").split(" ")) {
            if (text.isEmpty()) {
                continue;
            }
            String[] parts = text.split(":", 3);
            boolean isMap = parts[2].startsWith("{");
            boolean isRepeated = parts[2].endsWith("*");
            String type = isMap
                    ? parts[2].substring(1, parts[2].length() - 1)
                    : isRepeated ? parts[2].substring(0, parts[2].length() - 1) : parts[2];
            String full = type.startsWith("@.") ? "@" + inPackage + type.substring(1) : type;
            fields.put(Integer.parseInt(parts[0]), new Field(parts[1], full, isRepeated, isMap));
        }
        return Map.copyOf(fields);
    }
}
