package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What an attribute of a device may not be: each has one value, of one type.
final class AttributeChecks {

    private static final int MAX_TEXT = 64;
    private static final List<String> LISTS = List.of("bools", "ints", "strings", "versions");
    private static final List<String> VALUES =
            List.of("bool", "int", "string", "version", "bools", "ints", "strings", "versions");
    private static final String PRE_RELEASE = "(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-"
            + PRE_RELEASE + "(\\." + PRE_RELEASE + ")*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");

    private AttributeChecks() {}

    static void check(Checks checks, String path, JsonNode attribute) {
        List<String> set =
                VALUES.stream().filter(value -> Trees.has(attribute, value)).toList();
        if (set.contains("string")) {
            checks.tooLong(path + ".string", Trees.text(attribute, "string"), MAX_TEXT);
        }
        if (set.contains("version")) {
            version(checks, path + ".version", Trees.text(attribute, "version"));
        }
        for (String list : LISTS) {
            if (set.contains(list)) {
                values(checks, path + "." + list, list, attribute.path(list));
            }
        }
        if (set.isEmpty()) {
            checks.invalid(path, "", "exactly one value must be specified");
        } else if (set.size() > 1) {
            checks.invalid(path, InnerTypes.of("DeviceAttribute", attribute), "exactly one value must be specified");
        }
    }

    private static void values(Checks checks, String path, String type, JsonNode values) {
        if (values.isEmpty()) {
            checks.invalid(path, values, "must not be empty if specified");
        }
        for (int i = 0; i < values.size(); i++) {
            String at = path + "[" + i + "]";
            switch (type) {
                case "strings" -> checks.tooLong(at, values.get(i).asString(""), MAX_TEXT);
                case "versions" -> version(checks, at, values.get(i).asString(""));
                default -> {}
            }
        }
    }

    private static void version(Checks checks, String path, String version) {
        // Far too long a text is not matched at all: its length is told anyway.
        if (version.length() > 4 * MAX_TEXT || !VERSION.matcher(version).matches()) {
            checks.invalid(path, version, "must be a string compatible with semver.org spec 2.0.0");
        }
        checks.tooLong(path, version, MAX_TEXT);
    }
}
