package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Json;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The built-in kinds' definitions, as the build made them. A package's file is read when the first of its
/// definitions is asked for, a definition parsed when it is asked for itself: a Pod costs about a hundred of
/// eight hundred.
public final class KindSchemas implements Schemas {

    private static final List<String> EXTENSIONS = List.of("x-kubernetes-group-version-kind", "x-kubernetes-unions");
    private static final ObjectNode BARE = bare();

    private final Map<String, ObjectNode> skeletons = skeletons();
    private final Map<String, Map<String, byte[]>> packages = new ConcurrentHashMap<>();
    private final Map<String, Optional<Schema>> parsed = new ConcurrentHashMap<>();

    private static ObjectNode bare() {
        ObjectNode bare = Json.object();
        bare.putObject("metadata");
        return bare;
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<String>();
        for (String inPackage : new String(read("packages.txt").orElseThrow(), UTF_8).split("\n")) {
            load(inPackage).keySet().forEach(name -> names.add(inPackage + "." + name));
        }
        return Collections.unmodifiableSet(names);
    }

    @Override
    public Optional<Schema> find(String name) {
        Optional<Schema> known = parsed.get(name);
        return known != null ? known : parsed.computeIfAbsent(name, this::parse);
    }

    @Override
    public ObjectNode skeleton(Schema schema) {
        return skeletons.getOrDefault(schema.reference().orElse(""), BARE);
    }

    private static Map<String, ObjectNode> skeletons() {
        var skeletons = new HashMap<String, ObjectNode>();
        lines(resource("skeletons.tsv").orElseThrow()).forEach((name, json) -> {
            var skeleton = (ObjectNode) Json.parse(json);
            skeleton.putObject("metadata");
            skeletons.put(name, skeleton);
        });
        return skeletons;
    }

    @Override
    public ObjectNode extensions(String name) {
        ObjectNode extensions = Json.object();
        line(name)
                .map(Json::parse)
                .ifPresent(tree -> EXTENSIONS.forEach(key -> {
                    if (tree.has(key)) {
                        extensions.set(key, tree.get(key));
                    }
                }));
        return extensions;
    }

    @Override
    public Map<String, List<String>> choices(String name) {
        var choices = new HashMap<String, List<String>>();
        line(name)
                .map(Json::parse)
                .ifPresent(tree -> tree.path("properties").properties().forEach(field -> {
                    List<String> values = texts(field.getValue().path("enum"));
                    if (!values.isEmpty()) {
                        choices.put(field.getKey(), values);
                    }
                }));
        return choices;
    }

    /// What the build made all definitions of.
    @Override
    public String fingerprint() {
        return new String(read("stamp.txt").orElseThrow(), UTF_8);
    }

    private Optional<Schema> parse(String name) {
        return line(name).map(Json::parse).map(KindSchemas::schema);
    }

    private Optional<byte[]> line(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(load(name.substring(0, dot)).get(name.substring(dot + 1)));
    }

    private Map<String, byte[]> load(String inPackage) {
        return packages.computeIfAbsent(
                inPackage, name -> read(name + ".tsv").map(KindSchemas::lines).orElse(Map.of()));
    }

    private static Optional<byte[]> read(String file) {
        return resource("schemas/" + file);
    }

    private static Optional<byte[]> resource(String file) {
        try (var stream = KindSchemas.class.getResourceAsStream(file)) {
            return stream == null ? Optional.empty() : Optional.of(stream.readAllBytes());
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read the schemas " + file, broken);
        }
    }

    private static Map<String, byte[]> lines(byte[] file) {
        var lines = new HashMap<String, byte[]>();
        int start = 0;
        int tab = -1;
        for (int i = 0; i < file.length; i++) {
            if (file[i] == '\t' && tab < start) {
                tab = i;
            } else if (file[i] == '\n') {
                lines.put(new String(file, start, tab - start, UTF_8), Arrays.copyOfRange(file, tab + 1, i));
                start = i + 1;
            }
        }
        return lines;
    }

    /// The schema that `node` spells in the words of OpenAPI.
    public static Schema schema(JsonNode node) {
        return schema(node, Optional.empty());
    }

    private static Schema schema(JsonNode node, Optional<JsonNode> fallback) {
        var properties = new LinkedHashMap<String, Schema>();
        node.path("properties")
                .properties()
                .forEach(field -> properties.put(field.getKey(), schema(field.getValue(), fallback(field.getKey()))));
        return new Schema(
                text(node, "type"),
                text(node, "format"),
                text(node, "description"),
                Optional.ofNullable(node.get("$ref")).map(JsonNode::asString),
                properties,
                texts(node.path("required")),
                Optional.ofNullable(node.get("additionalProperties")).map(KindSchemas::schema),
                Optional.ofNullable(node.get("items")).map(KindSchemas::schema),
                text(node, "x-kubernetes-list-type"),
                texts(node.path("x-kubernetes-list-map-keys")),
                text(node, "x-kubernetes-map-type"),
                text(node, "x-kubernetes-patch-strategy"),
                text(node, "x-kubernetes-patch-merge-key"),
                fallback,
                node.path("x-kubernetes-preserve-unknown-fields").asBoolean(false));
    }

    /// Of built-in kinds only the protocols of ports are keys with a default.
    private static Optional<JsonNode> fallback(String field) {
        return field.equals("protocol") ? Optional.of(Json.object().stringNode("TCP")) : Optional.empty();
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }
}
