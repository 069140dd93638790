package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Trees under a schema that says of each list and map whether its parts can have different owners.
record TypedTree(Schemas schemas) {

    /// The only keys of lists that may be left out, and what they then are.
    private static final Map<String, String> KEY_DEFAULTS = Map.of("protocol", "TCP");

    /// How a value is owned.
    private enum Grain {
        /// As a whole.
        ATOM,
        /// Field by field.
        FIELDS,
        /// A list, element by element, known by keys.
        KEYED,
        /// A list, element by element, known by themselves.
        VALUES
    }

    private Grain grain(JsonNode value, Schema declared) {
        Schema schema = schemas.resolve(declared);
        if (value.isObject()) {
            boolean isAtomic =
                    declared.mapType().equals("atomic") || schema.mapType().equals("atomic");
            return isAtomic ? Grain.ATOM : Grain.FIELDS;
        }
        if (!value.isArray()) {
            return Grain.ATOM;
        }
        return switch (declared.listType()) {
            case "map" -> Grain.KEYED;
            case "set" -> Grain.VALUES;
            default -> Grain.ATOM;
        };
    }

    private Schema field(Schema schema, String name) {
        Schema resolved = schemas.resolve(schema);
        return Optional.ofNullable(resolved.properties().get(name))
                .or(resolved::additional)
                .orElse(Schema.ANYTHING);
    }

    private Schema items(Schema schema) {
        return schemas.resolve(schema).items().orElse(Schema.ANYTHING);
    }

    private static String key(JsonNode element, Schema list) {
        ObjectNode keys = Json.object();
        for (String name : list.listMapKeys().stream().sorted().toList()) {
            JsonNode value = element.get(name);
            if (value != null) {
                keys.set(name, value);
            } else if (KEY_DEFAULTS.containsKey(name)) {
                keys.put(name, KEY_DEFAULTS.get(name));
            }
        }
        return "k:" + keys;
    }

    /// Every place that `value` sets.
    FieldSet places(JsonNode value, Schema schema) {
        return switch (grain(value, schema)) {
            case ATOM -> FieldSet.HERE;
            case FIELDS -> {
                FieldSet all = value.isEmpty() ? FieldSet.HERE : FieldSet.NONE;
                for (var entry : value.properties()) {
                    all = all.with("f:" + entry.getKey(), places(entry.getValue(), field(schema, entry.getKey())));
                }
                yield all;
            }
            case KEYED -> {
                FieldSet all = value.isEmpty() ? FieldSet.HERE : FieldSet.NONE;
                for (JsonNode element : value) {
                    all = all.with(
                            key(element, schema), places(element, items(schema)).withSelf());
                }
                yield all;
            }
            case VALUES -> {
                FieldSet all = value.isEmpty() ? FieldSet.HERE : FieldSet.NONE;
                for (JsonNode element : value) {
                    all = all.with("v:" + element, FieldSet.HERE);
                }
                yield all;
            }
        };
    }

    /// The places of `after` that `before` does not have, or has otherwise.
    FieldSet changes(JsonNode before, JsonNode after, Schema schema) {
        Grain grain = grain(after, schema);
        if (grain != grain(before, schema) || before.isEmpty() != after.isEmpty()) {
            return before.equals(after) ? FieldSet.NONE : places(after, schema);
        }
        return switch (grain) {
            case ATOM -> before.equals(after) ? FieldSet.NONE : FieldSet.HERE;
            case FIELDS -> {
                FieldSet all = FieldSet.NONE;
                for (var entry : after.properties()) {
                    Schema field = field(schema, entry.getKey());
                    JsonNode old = before.get(entry.getKey());
                    all = all.with(
                            "f:" + entry.getKey(),
                            old == null ? places(entry.getValue(), field) : changes(old, entry.getValue(), field));
                }
                yield all;
            }
            case KEYED -> {
                FieldSet all = FieldSet.NONE;
                for (JsonNode element : after) {
                    String key = key(element, schema);
                    all = all.with(
                            key,
                            find(before, key, schema)
                                    .map(old -> changes(old, element, items(schema)))
                                    .orElseGet(
                                            () -> places(element, items(schema)).withSelf()));
                }
                yield all;
            }
            case VALUES -> places(after, schema).minus(places(before, schema));
        };
    }

    private static Optional<JsonNode> find(JsonNode list, String key, Schema schema) {
        return list.valueStream()
                .filter(element -> key(element, schema).equals(key))
                .findFirst();
    }

    /// `live` with all that `applied` sets.
    JsonNode merge(JsonNode live, JsonNode applied, Schema schema) {
        if (grain(live, schema) != grain(applied, schema)) {
            return applied.deepCopy();
        }
        return switch (grain(applied, schema)) {
            case ATOM -> applied.deepCopy();
            case FIELDS -> {
                ObjectNode merged = (ObjectNode) live.deepCopy();
                applied.properties().forEach(entry -> {
                    JsonNode old = live.get(entry.getKey());
                    merged.set(
                            entry.getKey(),
                            old == null
                                    ? entry.getValue().deepCopy()
                                    : merge(old, entry.getValue(), field(schema, entry.getKey())));
                });
                yield merged;
            }
            case KEYED -> keyed(live, applied, schema);
            case VALUES -> {
                ArrayNode merged = (ArrayNode) live.deepCopy();
                applied.valueStream()
                        .filter(value -> merged.valueStream().noneMatch(value::equals))
                        .forEach(merged::add);
                yield merged;
            }
        };
    }

    private ArrayNode keyed(JsonNode live, JsonNode applied, Schema schema) {
        ArrayNode merged = Json.array();
        for (JsonNode element : live) {
            String key = key(element, schema);
            merged.add(find(applied, key, schema)
                    .map(wanted -> merge(element, wanted, items(schema)))
                    .orElse(element));
        }
        applied.valueStream()
                .filter(element -> find(live, key(element, schema), schema).isEmpty())
                .forEach(element -> merged.add(element.deepCopy()));
        return merged;
    }

    /// Removes what stands at `gone` from `tree`, in place.
    void remove(JsonNode tree, FieldSet gone, Schema schema) {
        switch (tree) {
            case ObjectNode object -> {
                for (String name : List.copyOf(object.propertyNames())) {
                    FieldSet below = gone.step("f:" + name);
                    if (below.isEmpty()) {
                        continue;
                    }
                    JsonNode value = object.get(name);
                    remove(value, below, field(schema, name));
                    boolean isHollow = value.isContainer()
                            && value.isEmpty()
                            && !below.steps().isEmpty();
                    if (isHollow || below.isMember()) {
                        object.remove(name);
                    }
                }
            }
            case ArrayNode list -> {
                var left = new ArrayList<JsonNode>();
                for (JsonNode element : list) {
                    boolean isKeyed = grain(list, schema) == Grain.KEYED;
                    FieldSet below = gone.step(isKeyed ? key(element, schema) : "v:" + element);
                    if (!below.isMember()) {
                        remove(element, below, items(schema));
                        left.add(element);
                    }
                }
                list.removeAll();
                left.forEach(list::add);
            }
            default -> {}
        }
    }
}
