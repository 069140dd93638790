package dev.longshore.kinds.kit;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import tools.jackson.databind.JsonNode;

/// Says where two trees differ, one line for what was (`-`) and one for what is (`+`): the nearest fields that
/// are not the same on both sides. Bounded, as it goes into an answer.
public final class TreeDiff {

    private static final int MAX_LINES = 40;
    private static final int MAX_WIDTH = 400;

    private final StringBuilder text = new StringBuilder();
    private int lines;

    private TreeDiff() {}

    /// The differences from `before` to `now`; empty if there are none.
    public static String of(JsonNode before, JsonNode now) {
        var diff = new TreeDiff();
        diff.compare("", before, now);
        return diff.text.toString();
    }

    private void compare(String path, JsonNode before, JsonNode now) {
        if (before.equals(now)) {
            return;
        }
        if (before.isObject() && now.isObject()) {
            var names = new LinkedHashSet<>(before.propertyNames());
            names.addAll(now.propertyNames());
            names.forEach(
                    name -> compare(path.isEmpty() ? name : path + "." + name, before.path(name), now.path(name)));
        } else if (before.isArray() && now.isArray() && before.size() == now.size()) {
            for (int i = 0; i < now.size(); i++) {
                compare(path + "[" + i + "]", before.get(i), now.get(i));
            }
        } else {
            line('-', path, before);
            line('+', path, now);
        }
    }

    private void line(char sign, String path, JsonNode value) {
        if (value.isMissingNode() || lines++ >= MAX_LINES) {
            return;
        }
        String shown = new String(Json.bytes(value), StandardCharsets.UTF_8);
        text.append(sign)
                .append(" \t")
                .append(path)
                .append(": ")
                .append(shown.length() > MAX_WIDTH ? shown.substring(0, MAX_WIDTH) + "..." : shown)
                .append('\n');
    }
}
