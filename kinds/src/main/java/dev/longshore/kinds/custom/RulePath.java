package dev.longshore.kinds.custom;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The `fieldPath` of a rule: `.spec.name`, `.labels['a.b']`; it leads only where the schema does.
final class RulePath {

    private static final Pattern STEP = Pattern.compile("\\.([^.\\[\\]']+)|\\['((?:[^'\\\\]|\\\\.)*)'\\]");

    private RulePath() {}

    /// The path as causes name it, without a dot before it; empty if it leads nowhere.
    static Optional<String> normal(String path, JsonNode schema) {
        var normal = new StringBuilder();
        JsonNode at = schema;
        Matcher steps = STEP.matcher(path);
        int end = 0;
        while (end < path.length()) {
            if (!steps.find(end) || steps.start() != end) {
                return Optional.empty();
            }
            end = steps.end();
            String name = steps.group(1) == null ? steps.group(2).replaceAll("\\\\(.)", "$1") : steps.group(1);
            if (at.path("properties").has(name)) {
                at = at.path("properties").path(name);
                normal.append(normal.isEmpty() ? "" : ".").append(name);
            } else if (!at.has("properties") && at.path("additionalProperties").isObject()) {
                at = at.path("additionalProperties");
                normal.append('[').append(name).append(']');
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(normal.toString());
    }
}
