package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ConfigKeys;
import dev.longshore.model.Cause;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What ConfigMaps and Secrets must be like: their keys, their size, and that what was declared immutable stays.
final class ConfigChecks {

    private static final int MAX_SIZE = 1024 * 1024;
    private static final String IMMUTABLE = "field is immutable when `immutable` is set";

    private ConfigChecks() {}

    static void map(Checks checks, ObjectNode map) {
        JsonNode plain = map.path("data");
        JsonNode binary = map.path("binaryData");
        long size = 0;
        for (var entry : plain.properties()) {
            String at = "data[" + entry.getKey() + "]";
            ConfigKeys.check(checks, at, entry.getKey());
            if (binary.has(entry.getKey())) {
                checks.invalid(at, entry.getKey(), "duplicate of key present in binaryData");
            }
            size += entry.getValue().asString("").getBytes(StandardCharsets.UTF_8).length;
        }
        for (String key : binary.propertyNames()) {
            ConfigKeys.check(checks, "binaryData[" + key + "]", key);
        }
        size(checks, "", size + decodedSize(binary));
    }

    /// Refuses more than a mebibyte.
    static void size(Checks checks, String path, long size) {
        if (size > MAX_SIZE) {
            checks.add(Cause.tooLong(path, MAX_SIZE));
        }
    }

    /// How many bytes there are behind values in base64.
    static long decodedSize(JsonNode values) {
        long size = 0;
        for (JsonNode value : values) {
            String text = value.asString("");
            int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
            size += text.length() / 4 * 3L - padding;
        }
        return size;
    }

    /// Refuses to change `fields` of what was declared immutable, and to take the declaration back.
    static void immutable(Checks checks, ObjectNode object, ObjectNode old, String... fields) {
        if (!Trees.flag(old, "immutable")) {
            return;
        }
        if (!Trees.flag(object, "immutable")) {
            checks.forbidden("immutable", IMMUTABLE);
        }
        for (String field : fields) {
            if (!Trees.same(object, old, field)) {
                checks.forbidden(field, IMMUTABLE);
            }
        }
    }
}
