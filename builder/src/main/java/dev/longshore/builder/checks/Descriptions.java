package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Source;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What outlines and lists of targets have in common.
final class Descriptions {

    private Descriptions() {}

    /// What the first of `comments` that begins with `name` says behind it.
    static String of(String name, List<String> comments) {
        return comments.stream()
                .filter(comment -> !name.isEmpty() && comment.startsWith(name + " "))
                .map(comment -> comment.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    static void put(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }

    static String base64(Source source) {
        return Base64.getEncoder()
                .encodeToString(String.join("\n", source.lines()).getBytes(StandardCharsets.UTF_8));
    }
}
