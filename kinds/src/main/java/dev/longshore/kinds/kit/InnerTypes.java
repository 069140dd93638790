package dev.longshore.kinds.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects as kube-apiserver has them inside, where they are checked: of each struct all fields, by their names in Go.
/// Its messages show them so.
public final class InnerTypes {

    private static final Map<String, List<Field>> TYPES = read();
    private static final List<String> OF_THE_HOST =
            List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers");

    private InnerTypes() {}

    /// A field of a struct, or a whole struct in its place if it has no name.
    ///
    /// @param kind `*`, `[]`, both before the name of a type, or neither
    private record Field(String name, String inJson, String kind) {}

    /// `value`, of the type called `type`.
    public static JsonNode of(String type, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return NullNode.getInstance();
        }
        ObjectNode inner = Json.object();
        fill(inner, type, type.equals("PodSpec") ? withHost(value) : value);
        return inner;
    }

    /// A list of values of the type called `type`.
    public static JsonNode listOf(String type, JsonNode values) {
        return node("[]" + type, values);
    }

    /// A map in the order of its keys.
    public static JsonNode map(JsonNode map) {
        if (!map.isObject()) {
            return NullNode.getInstance();
        }
        var sorted = new TreeMap<String, JsonNode>();
        map.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        ObjectNode ordered = Json.object();
        sorted.forEach(ordered::set);
        return ordered;
    }

    /// A selector of labels, which has the same form inside.
    public static JsonNode selector(JsonNode selector) {
        if (!selector.isObject()) {
            return NullNode.getInstance();
        }
        ObjectNode ordered = Json.object();
        if (!selector.path("matchLabels").isEmpty()) {
            ordered.set("matchLabels", map(selector.path("matchLabels")));
        }
        if (!selector.path("matchExpressions").isEmpty()) {
            ArrayNode expressions = ordered.putArray("matchExpressions");
            for (JsonNode expression : selector.path("matchExpressions")) {
                ObjectNode one = expressions.addObject();
                one.put("key", expression.path("key").asString(""));
                one.put("operator", expression.path("operator").asString(""));
                if (!expression.path("values").isEmpty()) {
                    one.set("values", expression.path("values"));
                }
            }
        }
        return ordered;
    }

    private static void fill(ObjectNode inner, String type, JsonNode value) {
        for (Field field : TYPES.get(type)) {
            if (!field.name.isEmpty()) {
                inner.set(field.name, node(field.kind, value.path(field.inJson)));
            } else if (field.kind.equals("ObjectMeta")) {
                // It is the same inside, and its fields stand among those of what it is part of.
                value.path("metadata").properties().forEach(entry -> {
                    boolean isMap =
                            entry.getKey().equals("labels") || entry.getKey().equals("annotations");
                    inner.set(entry.getKey(), isMap ? map(entry.getValue()) : entry.getValue());
                });
            } else {
                fill(inner, field.kind, value);
            }
        }
    }

    /// What pods want of the host is part of their security inside.
    private static JsonNode withHost(JsonNode spec) {
        ObjectNode copy = ((ObjectNode) spec).deepCopy();
        ObjectNode security = Defaults.object(copy, "securityContext");
        for (String field : OF_THE_HOST) {
            if (copy.has(field)) {
                security.set(field, copy.path(field));
            }
        }
        return copy;
    }

    private static JsonNode node(String kind, JsonNode value) {
        boolean isAbsent = value.isMissingNode() || value.isNull();
        if (kind.startsWith("*") || kind.startsWith("[]") || kind.equals("map")) {
            return isAbsent ? NullNode.getInstance() : present(kind, value);
        }
        if (TYPES.containsKey(kind)) {
            return of(kind, isAbsent ? Json.object() : value);
        }
        JsonNode usual =
                switch (kind) {
                    case "int", "IntOrString" -> Json.object().numberNode(0);
                    case "bool" -> Json.object().booleanNode(false);
                    case "Quantity" -> Json.object().stringNode("0");
                    default -> Json.object().stringNode("");
                };
        return isAbsent ? usual : value;
    }

    private static JsonNode present(String kind, JsonNode value) {
        if (kind.equals("map")) {
            return map(value);
        }
        if (kind.equals("*LabelSelector")) {
            return selector(value);
        }
        if (kind.startsWith("*")) {
            String type = kind.substring(1);
            return TYPES.containsKey(type) ? of(type, value) : value;
        }
        ArrayNode list = Json.array();
        for (JsonNode element : value) {
            String type = kind.substring(2);
            list.add(TYPES.containsKey(type) ? of(type, element) : element);
        }
        return list;
    }

    private static Map<String, List<Field>> read() {
        var types = new HashMap<String, List<Field>>();
        try (var stream = InnerTypes.class.getResourceAsStream("inner-types.txt")) {
            new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split(" ")))
                    .forEach(words -> types.put(
                            words.getFirst(),
                            words.subList(1, words.size()).stream()
                                    .map(InnerTypes::field)
                                    .toList()));
        } catch (IOException impossible) {
            throw new IllegalStateException("the types of the API server", impossible);
        }
        return Map.copyOf(types);
    }

    private static Field field(String text) {
        if (text.startsWith("+")) {
            return new Field("", "", text.substring(1));
        }
        String[] parts = text.split(":", 2);
        String[] names = parts[0].split("=", 2);
        return new Field(
                names[0], names.length > 1 ? names[1] : inJson(names[0]), parts.length > 1 ? parts[1] : "string");
    }

    /// `runAsUser` of `RunAsUser`, `seLinuxOptions` of `SELinuxOptions`, `ip` of `IP`.
    private static String inJson(String name) {
        int capitals = 0;
        while (capitals < name.length() && Character.isUpperCase(name.charAt(capitals))) {
            capitals++;
        }
        int lowered = capitals > 1 && capitals < name.length() && Character.isLowerCase(name.charAt(capitals))
                ? capitals - 1
                : capitals;
        return name.substring(0, lowered).toLowerCase(Locale.ROOT) + name.substring(lowered);
    }

    /// The lines in which Go prints `inner`, with one more space at each depth.
    static List<String> lines(JsonNode inner) {
        var text = new StringBuilder();
        print(text, inner, "\n");
        return new ArrayList<>(text.toString().lines().toList());
    }

    private static void print(StringBuilder text, JsonNode node, String newLine) {
        String deeper = newLine + " ";
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            String before = "{";
            for (var entry : object.properties()) {
                text.append(before)
                        .append(deeper)
                        .append(scalar(object.stringNode(entry.getKey())))
                        .append(": ");
                print(text, entry.getValue(), deeper);
                before = ",";
            }
            text.append(newLine).append('}');
        } else if (node.isArray() && !node.isEmpty()) {
            String before = "[";
            for (JsonNode element : node) {
                text.append(before).append(deeper);
                print(text, element, deeper);
                before = ",";
            }
            text.append(newLine).append(']');
        } else {
            text.append(scalar(node));
        }
    }

    /// Go's JSON is safe inside of HTML.
    private static String scalar(JsonNode node) {
        return new String(Json.bytes(node), UTF_8)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
    }
}
