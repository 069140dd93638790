package dev.longshore.base;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading and writing YAML as JSON trees. Thread-safe. Scalars are read as version 1.2 has them (core schema), or
/// as Go programs read them, which write most of it; what is written means the same to both. Hostile input is
/// bounded: 8 MiB a document, depth 1000, 50 aliases, and no more nodes after their expansion than the text has
/// letters.
public final class Yaml {

    private static final int MAX_ALIASES = 50;
    private static final int MAX_CODE_POINTS = 8 << 20;
    private static final int MAX_DEPTH = 1000;
    private static final int FREE_NODES = 10_000;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Yaml() {}

    /// Every document of `text`, in order; empty documents are left out.
    ///
    /// @throws Json.MalformedException when it is not YAML
    public static List<JsonNode> parseAll(String text) {
        return load(text, new CoreSchema(), documents -> true);
    }

    private static List<JsonNode> load(String text, Schema schema, Predicate<List<JsonNode>> wantsMore) {
        var settings = LoadSettings.builder()
                .setSchema(schema)
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(MAX_CODE_POINTS)
                .build();
        try {
            requireShallow(settings, text);
            var documents = new ArrayList<JsonNode>();
            for (Object document : new Load(settings).loadAllFromString(text)) {
                if (document != null) {
                    documents.add(new Budget(text.length() + FREE_NODES).tree(document, 0));
                }
                if (!wantsMore.test(documents)) {
                    break;
                }
            }
            return documents;
        } catch (YamlEngineException notYaml) {
            throw new Json.MalformedException(firstLine(notYaml), notYaml);
        }
    }

    /// Before anything is built of it: the builder recurses, and the scanner takes a time that grows with the
    /// square of the depth.
    private static void requireShallow(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias, Comment, DocumentEnd, DocumentStart, Scalar, StreamEnd, StreamStart -> {}
            }
            if (depth > MAX_DEPTH) {
                throw tooDeep();
            }
        }
    }

    private static Json.MalformedException tooDeep() {
        return new Json.MalformedException("yaml: exceeded max depth", null);
    }

    private static String firstLine(YamlEngineException notYaml) {
        String message = String.valueOf(notYaml.getMessage());
        int end = message.indexOf('\n');
        return "yaml: " + (end < 0 ? message : message.substring(0, end));
    }

    /// The first document of `text`; an empty object when there is none.
    public static JsonNode parse(String text) {
        return first(text, new CoreSchema());
    }

    /// As [#parse], with scalars as Go programs (`sigs.k8s.io/yaml`) read them: `yes`, `on` and `n` are booleans, `017`
    /// is 15, `1_000` is 1000.
    public static JsonNode parseAsGo(String text) {
        return first(text, new GoSchema());
    }

    private static JsonNode first(String text, Schema schema) {
        if (text.startsWith("{")) {
            // Most of what is sent as YAML is JSON, which is read much faster.
            try {
                return Json.parse(text);
            } catch (Json.MalformedException notJson) {
                return first("\n" + text, schema);
            }
        }
        List<JsonNode> documents = load(text, schema, found -> found.isEmpty());
        return documents.isEmpty() ? Json.object() : documents.getFirst();
    }

    /// Block style, two spaces, keys in the tree's order; texts that any reader would take for something else are in
    /// quotes.
    public static String print(JsonNode tree) {
        var settings = DumpSettings.builder()
                .setSchema(new GoSchema())
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndent(2)
                .setWidth(Integer.MAX_VALUE)
                .build();
        return new Dump(settings, new GoRepresenter(settings)).dumpToString(plain(tree));
    }

    /// Turns what was loaded into a tree. Aliases share what they stand for; the tree does not, so it may become
    /// very much larger than the text.
    private static final class Budget {
        private int nodes;

        Budget(int nodes) {
            this.nodes = nodes;
        }

        JsonNode tree(Object value, int depth) {
            if (nodes-- <= 0) {
                throw new Json.MalformedException("yaml: document contains excessive aliasing", null);
            }
            if (depth > MAX_DEPTH) {
                throw tooDeep();
            }
            return switch (value) {
                case null -> NODES.nullNode();
                case Map<?, ?> map -> {
                    ObjectNode object = NODES.objectNode();
                    map.forEach((key, inner) -> object.set(String.valueOf(key), tree(inner, depth + 1)));
                    yield object;
                }
                case Iterable<?> list -> {
                    ArrayNode array = NODES.arrayNode();
                    list.forEach(inner -> array.add(tree(inner, depth + 1)));
                    yield array;
                }
                case Boolean flag -> NODES.booleanNode(flag);
                case Integer number -> NODES.numberNode(number);
                case Long number -> NODES.numberNode(number);
                case BigInteger number -> NODES.numberNode(number);
                case Double number -> NODES.numberNode(finite(number));
                case byte[] bytes ->
                    NODES.stringNode(java.util.Base64.getEncoder().encodeToString(bytes));
                default -> NODES.stringNode(value.toString());
            };
        }
    }

    private static double finite(double number) {
        if (Double.isFinite(number)) {
            return number;
        }
        String shown = Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        throw new Json.MalformedException("json: unsupported value: " + shown, null);
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
