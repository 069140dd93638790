package dev.longshore.metrics;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The definitions of the metrics APIs, beside those of others. `definitions.json` has them.
public final class MetricsSchemas implements Schemas {

    private static final String EXTENSION = "x-kubernetes-";

    private final Schemas others;
    private final Map<String, Schema> own = new LinkedHashMap<>();
    private final Map<String, ObjectNode> extensions = new LinkedHashMap<>();
    private final String fingerprint;

    /// Knows what `others` know, and these.
    public MetricsSchemas(Schemas others) {
        this.others = others;
        byte[] file = file();
        Json.parse(file).properties().forEach(entry -> {
            own.put(entry.getKey(), KindSchemas.schema(entry.getValue()));
            extensions.put(entry.getKey(), extensions(entry.getValue()));
        });
        this.fingerprint = others.fingerprint() + Digest.sha256(file).hex();
    }

    private static byte[] file() {
        try (var stream = MetricsSchemas.class.getResourceAsStream("definitions.json")) {
            return stream.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read the definitions of the metrics APIs", broken);
        }
    }

    private static ObjectNode extensions(JsonNode definition) {
        ObjectNode extensions = Json.object();
        definition.properties().forEach(field -> {
            if (field.getKey().startsWith(EXTENSION)) {
                extensions.set(field.getKey(), field.getValue());
            }
        });
        return extensions;
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<>(others.names());
        names.addAll(own.keySet());
        return names;
    }

    @Override
    public Optional<Schema> find(String name) {
        Schema found = own.get(name);
        return found == null ? others.find(name) : Optional.of(found);
    }

    @Override
    public ObjectNode skeleton(Schema schema) {
        return others.skeleton(schema);
    }

    @Override
    public ObjectNode extensions(String name) {
        ObjectNode found = extensions.get(name);
        return found == null ? others.extensions(name) : found;
    }

    @Override
    public Map<String, List<String>> choices(String name) {
        return own.containsKey(name) ? Map.of() : others.choices(name);
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }
}
