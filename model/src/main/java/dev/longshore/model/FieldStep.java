package dev.longshore.model;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One step from a value to a part of it, as `fieldsV1` spells it: `f:NAME` a field, `k:{KEYS}` an element of a
/// list known by its keys, `v:VALUE` an element known by itself, `i:NUMBER` an element known by its place.
/// Fields come before keys before values before places; numbers are ordered as numbers.
///
/// @param text the whole spelling; canonical, so that equal steps have equal texts
/// @param value the keys (in the order of their names) or the value; null for fields and places
record FieldStep(String text, JsonNode value) implements Comparable<FieldStep> {

    private static final String KINDS = "fkvi";

    static FieldStep field(String name) {
        return new FieldStep("f:" + name, null);
    }

    static FieldStep value(JsonNode value) {
        return new FieldStep("v:" + spelled(value), value);
    }

    /// @param keys in any order
    static FieldStep keys(ObjectNode keys) {
        ObjectNode sorted = keys.size() < 2 ? keys : sorted(keys);
        var text = new StringBuilder("k:{");
        for (var key : sorted.properties()) {
            text.append(text.length() > 3 ? "," : "").append(quoted(key.getKey()));
            text.append(':').append(spelled(key.getValue()));
        }
        return new FieldStep(text.append('}').toString(), sorted);
    }

    private static ObjectNode sorted(ObjectNode keys) {
        ObjectNode sorted = Json.object();
        keys.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(key -> sorted.set(key.getKey(), key.getValue()));
        return sorted;
    }

    /// The step that `text` spells; empty when it is of a kind that nobody knows yet.
    ///
    /// @throws Json.MalformedException when it spells none
    static Optional<FieldStep> parse(String text) {
        if (text.length() < 2 || text.charAt(1) != ':') {
            throw new Json.MalformedException("no step of a path: " + text, null);
        }
        String rest = text.substring(2);
        return switch (text.charAt(0)) {
            case 'f' -> Optional.of(new FieldStep(text, null));
            case 'v' -> Optional.of(value(Json.parse(rest)));
            case 'i' -> Optional.of(place(rest));
            case 'k' -> {
                if (Json.parse(rest) instanceof ObjectNode keys) {
                    yield Optional.of(keys(keys));
                }
                throw new Json.MalformedException("no keys: " + text, null);
            }
            default -> Optional.empty();
        };
    }

    private static FieldStep place(String number) {
        try {
            return new FieldStep("i:" + Integer.parseInt(number), null);
        } catch (NumberFormatException notNumber) {
            throw new Json.MalformedException("no place in a list: " + number, notNumber);
        }
    }

    boolean isField() {
        return text.charAt(0) == 'f';
    }

    /// The name of a field.
    String name() {
        return text.substring(2);
    }

    /// As people read it: `.spec`, `[name="a"]`, `[="a"]`, `[3]`.
    String shown() {
        return switch (text.charAt(0)) {
            case 'f' -> "." + name();
            case 'k' -> {
                List<String> keys = new ArrayList<>();
                value.properties().forEach(key -> keys.add(key.getKey() + "=" + key.getValue()));
                yield "[" + String.join(",", keys) + "]";
            }
            case 'v' -> "[=" + value + "]";
            default -> "[" + name() + "]";
        };
    }

    @Override
    public int compareTo(FieldStep other) {
        if (this == other) {
            return 0;
        }
        char kind = text.charAt(0);
        char others = other.text.charAt(0);
        if (kind != others) {
            return Integer.compare(KINDS.indexOf(kind), KINDS.indexOf(others));
        }
        return switch (kind) {
            case 'k' -> compareKeys(other);
            case 'v' -> Scalars.ORDER.compare(value, other.value);
            case 'i' -> Integer.compare(Integer.parseInt(name()), Integer.parseInt(other.name()));
            default -> text.compareTo(other.text);
        };
    }

    private int compareKeys(FieldStep other) {
        if (text.equals(other.text)) {
            return 0;
        }
        var left = value.properties().iterator();
        var right = other.value.properties().iterator();
        while (left.hasNext() && right.hasNext()) {
            var a = left.next();
            var b = right.next();
            int order = Comparator.<String>naturalOrder().compare(a.getKey(), b.getKey());
            if (order == 0) {
                order = Scalars.ORDER.compare(a.getValue(), b.getValue());
            }
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof FieldStep step && text.equals(step.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// JSON as the reference implementation spells it within steps: with `<`, `>` and `&` escaped.
    private static String spelled(JsonNode value) {
        if (value.isString()) {
            return quoted(value.asString());
        }
        boolean isPlain = value.isIntegralNumber() || value.isBoolean();
        return isPlain ? value.asString() : value.toString();
    }

    private static String quoted(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c > '~') {
                return escaped(text);
            }
        }
        return '"' + text + '"';
    }

    private static String escaped(String text) {
        String plain = new String(Json.bytes(Json.object().stringNode(text)), StandardCharsets.UTF_8);
        return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }
}
