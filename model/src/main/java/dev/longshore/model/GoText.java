package dev.longshore.model;

import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Values as Go's `%v` prints them, which shines through in the reference implementation's messages:
/// `map[image:nginx ports:[80 443]]`.
public final class GoText {

    /// Characters whose escapes have names, and these.
    private static final String NAMED = "\u0007\b\f\n\r\t\u000b\\\"";

    private static final String NAMES = "abfnrtv\\\"";
    private static final int DELETE = 0x7f;

    private GoText() {}

    /// As `%v` prints it.
    public static String of(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(field -> field.getKey() + ":" + of(field.getValue()))
                    .collect(Collectors.joining(" ", "map[", "]"));
        }
        if (value.isArray()) {
            return value.valueStream().map(GoText::of).collect(Collectors.joining(" ", "[", "]"));
        }
        return value.isNull() ? "<nil>" : value.asString();
    }

    /// In quotes, as `%q` prints it.
    public static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(each -> quoted.append(spelled(each)));
        return quoted.append('"').toString();
    }

    private static String spelled(int each) {
        int at = NAMED.indexOf(each);
        if (at >= 0) {
            return "\\" + NAMES.charAt(at);
        }
        if (isPrinted(each)) {
            return Character.toString(each);
        }
        if (each < ' ' || each == DELETE) {
            return "\\x%02x".formatted(each);
        }
        return (Character.isBmpCodePoint(each) ? "\\u%04x" : "\\U%08x").formatted(each);
    }

    /// Letters, marks, numbers, punctuation, symbols and the plain space.
    static boolean isPrinted(int each) {
        return each == ' '
                || switch (Character.getType(each)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.SPACE_SEPARATOR,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    default -> true;
                };
    }

    /// As Go's encoder writes it: sorted, with `<`, `>` and `&` escaped.
    public static String json(JsonNode tree) {
        return new String(GoJson.bytes(sorted(tree)), StandardCharsets.UTF_8);
    }

    private static JsonNode sorted(JsonNode tree) {
        if (tree.isArray()) {
            var list = Json.array();
            tree.forEach(element -> list.add(sorted(element)));
            return list;
        }
        if (!tree.isObject()) {
            return tree;
        }
        ObjectNode object = Json.object();
        tree.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(field -> object.set(field.getKey(), sorted(field.getValue())));
        return object;
    }

    /// What Go's JSON decoder calls `value` where it expected another.
    public static String jsonTypeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> "number";
            default -> "null";
        };
    }

    /// The name of the type that Go reads `value` into.
    public static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "map[string]interface {}";
            case ARRAY -> "[]interface {}";
            case STRING -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> value.isIntegralNumber() ? "int64" : "float64";
            default -> "<nil>";
        };
    }
}
