package dev.longshore.kinds.kit;

import dev.longshore.model.Quantity;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Spells every quantity of an object canonically, as decoding does in Kubernetes: `1000m` is stored as `1`.
/// Which definitions hold quantities at all is found once. Thread-safe.
public final class Quantities {

    private static final String NAME = "io.k8s.apimachinery.pkg.api.resource.Quantity";

    private final Schemas schemas;
    private final Map<String, Boolean> holders = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Schema>> concerned = new ConcurrentHashMap<>();

    /// With the definitions to go by.
    public Quantities(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Changes `object`, of the definition called `definition`, in place. What is no quantity is left alone.
    public void canonicalize(String definition, ObjectNode object) {
        if (holds(definition)) {
            fields(concerned.computeIfAbsent(definition, this::concernedOf), object);
        }
    }

    private Map<String, Schema> concernedOf(String definition) {
        var properties =
                new HashMap<>(schemas.find(definition).map(Schema::properties).orElse(Map.of()));
        properties.values().removeIf(property -> !concerns(property));
        return Map.copyOf(properties);
    }

    private void fields(Map<String, Schema> properties, ObjectNode object) {
        properties.forEach((name, property) -> {
            JsonNode value = object.get(name);
            if (value != null) {
                JsonNode changed = walk(property, value);
                if (changed != value) {
                    object.set(name, changed);
                }
            }
        });
    }

    private JsonNode walk(Schema schema, JsonNode value) {
        String reference = schema.reference().orElse("");
        if (reference.equals(NAME)) {
            return canonical(value);
        }
        if (!reference.isEmpty() && value instanceof ObjectNode object) {
            canonicalize(reference, object);
        } else if (schema.items().isPresent() && value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, walk(schema.items().get(), array.get(i)));
            }
        } else if (schema.additional().isPresent() && value instanceof ObjectNode map) {
            for (var entry : Map.copyOf(entries(map)).entrySet()) {
                map.set(entry.getKey(), walk(schema.additional().get(), entry.getValue()));
            }
        }
        return value;
    }

    private static Map<String, JsonNode> entries(ObjectNode map) {
        var entries = new HashMap<String, JsonNode>();
        map.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private static JsonNode canonical(JsonNode value) {
        return value.isValueNode() && !value.isNull()
                ? Quantity.find(value.asString())
                        .<JsonNode>map(quantity -> StringNode.valueOf(quantity.toString()))
                        .orElse(value)
                : value;
    }

    private boolean concerns(Schema schema) {
        return schema.reference().map(this::holds).orElse(false)
                || schema.items().map(this::concerns).orElse(false)
                || schema.additional().map(this::concerns).orElse(false);
    }

    private boolean holds(String definition) {
        Boolean known = holders.get(definition);
        if (known == null) {
            known = reaches(definition, new HashSet<>());
            holders.put(definition, known);
        }
        return known;
    }

    private boolean reaches(String definition, Set<String> seen) {
        if (definition.equals(NAME)) {
            return true;
        }
        return seen.add(definition)
                && schemas.find(definition)
                        .map(schema ->
                                schema.properties().values().stream().anyMatch(property -> reachesFrom(property, seen)))
                        .orElse(false);
    }

    private boolean reachesFrom(Schema schema, Set<String> seen) {
        return schema.reference().map(name -> reaches(name, seen)).orElse(false)
                || schema.items().map(items -> reachesFrom(items, seen)).orElse(false)
                || schema.additional().map(values -> reachesFrom(values, seen)).orElse(false);
    }
}
