package dev.longshore.kinds.kit;

import dev.longshore.model.Quantity;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Spells every quantity of an object canonically, as decoding does in Kubernetes: `1000m` is stored as `1`. Amounts of
/// resources, which are in maps, become whole thousandths.
/// Which definitions hold quantities at all is found once. Thread-safe.
public final class Quantities {

    private static final String NAME = "io.k8s.apimachinery.pkg.api.resource.Quantity";

    /// Devices' amounts are as fine as they are.
    private static final String EXACT = "io.k8s.api.resource.";

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
            boolean areRounded = !definition.startsWith(EXACT);
            fields(concerned.computeIfAbsent(definition, this::concernedOf), object, areRounded);
        }
    }

    private Map<String, Schema> concernedOf(String definition) {
        var properties =
                new HashMap<>(schemas.find(definition).map(Schema::properties).orElse(Map.of()));
        properties.values().removeIf(property -> !concerns(property));
        return Map.copyOf(properties);
    }

    private void fields(Map<String, Schema> properties, ObjectNode object, boolean areRounded) {
        properties.forEach((name, property) -> {
            JsonNode value = object.get(name);
            if (value != null) {
                JsonNode changed = walk(property, value, areRounded);
                if (changed != value) {
                    object.set(name, changed);
                }
            }
        });
    }

    private JsonNode walk(Schema schema, JsonNode value, boolean areRounded) {
        String reference = schema.reference().orElse("");
        if (reference.equals(NAME)) {
            return canonical(value, Function.identity());
        }
        if (!reference.isEmpty() && value instanceof ObjectNode object) {
            canonicalize(reference, object);
        } else if (schema.items().isPresent() && value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, walk(schema.items().get(), array.get(i), areRounded));
            }
        } else if (schema.additional().isPresent() && value instanceof ObjectNode map) {
            Schema values = schema.additional().get();
            boolean areAmounts = areRounded && values.reference().orElse("").equals(NAME);
            for (var entry : Map.copyOf(entries(map)).entrySet()) {
                JsonNode changed = areAmounts
                        ? canonical(entry.getValue(), Quantity::inMillis)
                        : walk(values, entry.getValue(), areRounded);
                map.set(entry.getKey(), changed);
            }
        }
        return value;
    }

    private static Map<String, JsonNode> entries(ObjectNode map) {
        var entries = new HashMap<String, JsonNode>();
        map.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private static JsonNode canonical(JsonNode value, Function<Quantity, Quantity> rounding) {
        return value.isValueNode() && !value.isNull()
                ? Quantity.find(value.asString())
                        .map(rounding)
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
