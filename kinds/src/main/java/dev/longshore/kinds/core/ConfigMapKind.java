package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.ResourceDefinition;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Configuration as keys and values.
final class ConfigMapKind {

    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final int MAX_KEY = 253;
    private static final int MAX_SIZE = 1024 * 1024;

    private ConfigMapKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ConfigMap", "configmaps")
                .shortNames("cm")
                .noGeneration()
                .table(Columns.named()
                        .number(
                                "Data",
                                "How many keys it has.",
                                map -> (long) map.at("data").size()
                                        + map.at("binaryData").size())
                        .age()
                        .table())
                .checks(ConfigMapKind::check)
                .changeChecks((checks, map, old) -> immutable(checks, map, old, "data", "binaryData"))
                .build();
    }

    private static void check(Checks checks, ObjectNode map) {
        map.path("data").propertyNames().forEach(key -> {
            key(checks, "data[" + key + "]", key);
            if (map.path("binaryData").has(key)) {
                checks.invalid("data[" + key + "]", key, "duplicate of key present in binaryData");
            }
        });
        map.path("binaryData").propertyNames().forEach(key -> key(checks, "binaryData[" + key + "]", key));
        long size = size(map.path("data")) + size(map.path("binaryData")) * 3 / 4;
        tooLong(checks, "", size);
    }

    /// Checks a key, of ConfigMaps and Secrets.
    static void key(Checks checks, String path, String key) {
        if (key.length() > MAX_KEY) {
            checks.invalid(path, key, "must be no more than 253 bytes");
        }
        if (!KEY.matcher(key).matches()) {
            checks.invalid(
                    path,
                    key,
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                            + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        } else if (key.equals(".") || key.startsWith("..")) {
            checks.invalid(path, key, key.equals(".") ? "must not be '.'" : "must not start with '..'");
        }
    }

    /// Refuses more than a mebibyte.
    static void tooLong(Checks checks, String path, long size) {
        if (size > MAX_SIZE) {
            checks.add(new Cause("FieldValueTooLong", path, "Too long: may not be more than 1048576 bytes"));
        }
    }

    static long size(JsonNode values) {
        return values.valueStream()
                .mapToLong(value -> value.asString("").length())
                .sum();
    }

    /// Refuses to change `fields` of what was declared immutable, and to take the declaration back.
    static void immutable(Checks checks, ObjectNode object, ObjectNode old, String... fields) {
        if (!Trees.flag(old, "immutable")) {
            return;
        }
        if (!Trees.flag(object, "immutable")) {
            checks.forbidden("immutable", "field is immutable when `immutable` is set");
        }
        for (String field : fields) {
            if (!Trees.same(object, old, field)) {
                checks.forbidden(field, "field is immutable when `immutable` is set");
            }
        }
    }
}
