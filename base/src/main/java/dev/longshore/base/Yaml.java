package dev.longshore.base;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading and writing YAML as JSON trees (core schema; at most 50 aliases, 8 MiB a document). Thread-safe.
public final class Yaml {

    private static final int MAX_ALIASES = 50;
    private static final int MAX_CODE_POINTS = 8 << 20;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Yaml() {}

    /// Every document of `text`, in order; empty documents are left out.
    ///
    /// @throws Json.MalformedException when it is not YAML
    public static List<JsonNode> parseAll(String text) {
        var settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(MAX_CODE_POINTS)
                .build();
        try {
            var documents = new ArrayList<JsonNode>();
            for (Object document : new Load(settings).loadAllFromString(text)) {
                if (document != null) {
                    documents.add(tree(document));
                }
            }
            return documents;
        } catch (YamlEngineException notYaml) {
            throw new Json.MalformedException("error converting YAML to JSON: " + notYaml.getMessage(), notYaml);
        }
    }

    /// The first document of `text`; an empty object when there is none.
    public static JsonNode parse(String text) {
        List<JsonNode> documents = parseAll(text);
        return documents.isEmpty() ? Json.object() : documents.getFirst();
    }

    /// Block style, two spaces, keys in the tree's order.
    public static String print(JsonNode tree) {
        var settings = DumpSettings.builder()
                .setSchema(new CoreSchema())
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndent(2)
                .setWidth(Integer.MAX_VALUE)
                .build();
        return new Dump(settings).dumpToString(plain(tree));
    }

    private static JsonNode tree(Object value) {
        return switch (value) {
            case null -> NODES.nullNode();
            case Map<?, ?> map -> {
                ObjectNode object = NODES.objectNode();
                map.forEach((key, inner) -> object.set(String.valueOf(key), tree(inner)));
                yield object;
            }
            case Iterable<?> list -> {
                ArrayNode array = NODES.arrayNode();
                list.forEach(inner -> array.add(tree(inner)));
                yield array;
            }
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number);
            case Long number -> NODES.numberNode(number);
            case BigInteger number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode(number);
            case byte[] bytes -> NODES.stringNode(java.util.Base64.getEncoder().encodeToString(bytes));
            default -> NODES.stringNode(value.toString());
        };
    }

    private static Object plain(JsonNode tree) {
        if (tree.isObject()) {
            var map = new LinkedHashMap<String, Object>();
            tree.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (tree.isArray()) {
            var list = new ArrayList<Object>();
            tree.forEach(inner -> list.add(plain(inner)));
            return list;
        }
        if (tree.isIntegralNumber()) {
            return tree.bigIntegerValue();
        }
        if (tree.isNumber()) {
            BigDecimal number = tree.decimalValue();
            return number.doubleValue();
        }
        if (tree.isBoolean()) {
            return tree.booleanValue();
        }
        return tree.isNull() ? null : tree.asString();
    }
}
