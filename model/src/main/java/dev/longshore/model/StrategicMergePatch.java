package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Kubernetes' strategic merge patch: a merge patch that also merges lists, by the merge keys that the schema
/// names, and that takes directives: `$patch` (`replace`, `delete`, `merge`), `$retainKeys`,
/// `$deleteFromPrimitiveList/FIELD` and `$setElementOrder/FIELD`.
public final class StrategicMergePatch {

    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private final Schemas schemas;

    /// Merges by what `schemas` say.
    public StrategicMergePatch(Schemas schemas) {
        this.schemas = schemas;
    }

    /// `target`, an object of `schema`, as `patch` changes it; both stay as they are.
    ///
    /// @throws FaultException with [Fault.BadRequest] when the patch makes no sense
    public ObjectNode apply(ObjectNode target, JsonNode patch, Schema schema) {
        if (!(patch instanceof ObjectNode changes)) {
            throw bad("a strategic merge patch is an object");
        }
        return mergeObject(target, changes, schemas.resolve(schema));
    }

    private ObjectNode mergeObject(ObjectNode target, ObjectNode patch, Schema schema) {
        switch (patch.path(DIRECTIVE).asString("")) {
            case "replace" -> {
                ObjectNode replacement = patch.deepCopy();
                replacement.remove(DIRECTIVE);
                return replacement;
            }
            case "delete" -> {
                return Json.object();
            }
            case "merge", "" -> {}
            default -> throw bad("unknown patch type: " + patch.path(DIRECTIVE).asString());
        }
        ObjectNode result = target.deepCopy();
        retainKeys(result, patch);
        for (var change : patch.properties()) {
            String name = change.getKey();
            if (name.startsWith(DELETE_FROM)) {
                deleteFrom(result, name.substring(DELETE_FROM.length()), change.getValue());
            } else if (name.startsWith(ORDER)) {
                String field = name.substring(ORDER.length());
                if (!patch.has(field) && result.path(field) instanceof ArrayNode list) {
                    result.set(
                            field, mergeList(list, Json.array(), Optional.of(order(change.getValue())), field, schema));
                }
            } else if (!name.equals(DIRECTIVE) && !name.equals(RETAIN)) {
                mergeField(result, name, change.getValue(), patch, schema);
            }
        }
        return result;
    }

    private void mergeField(ObjectNode result, String name, JsonNode change, ObjectNode patch, Schema schema) {
        Optional<Schema> field = field(schema, name);
        boolean replaces = field.map(Schema::patchStrategy)
                .filter(s -> strategies(s).contains("replace"))
                .isPresent();
        switch (change) {
            case JsonNode nothing when nothing.isNull() -> result.remove(name);
            case ObjectNode object when replaces -> result.set(name, object.deepCopy());
            case ObjectNode object -> {
                ObjectNode before = result.path(name) instanceof ObjectNode there ? there : Json.object();
                result.set(
                        name,
                        mergeObject(before, object, field.map(schemas::resolve).orElse(Schema.ANYTHING)));
            }
            case ArrayNode list -> {
                ArrayNode before = result.path(name) instanceof ArrayNode there ? there : Json.array();
                Optional<ArrayNode> order =
                        Optional.ofNullable(patch.get(ORDER + name)).map(StrategicMergePatch::order);
                result.set(name, mergeList(before, list, order, name, schema));
            }
            default -> result.set(name, change.deepCopy());
        }
    }

    private ArrayNode mergeList(
            ArrayNode before, ArrayNode patch, Optional<ArrayNode> order, String name, Schema schema) {
        Optional<Schema> field = field(schema, name);
        boolean merges = field.map(Schema::patchStrategy)
                .filter(s -> strategies(s).contains("merge"))
                .isPresent();
        if (!merges) {
            return patch.deepCopy();
        }
        String key = field.get().patchMergeKey();
        if (key.isEmpty()) {
            return mergeValues(before, patch, order.orElse(patch));
        }
        Schema items = field.map(schemas::resolve)
                .flatMap(Schema::items)
                .map(schemas::resolve)
                .orElse(Schema.ANYTHING);
        return mergeElements(before, patch, order, key, items);
    }

    private static ArrayNode mergeValues(ArrayNode before, ArrayNode patch, ArrayNode order) {
        var merged = new ArrayList<JsonNode>();
        before.forEach(merged::add);
        patch.valueStream().filter(value -> !merged.contains(value)).forEach(merged::add);
        return new ElementOrder("").arrange(merged, order, before);
    }

    private ArrayNode mergeElements(
            ArrayNode before, ArrayNode patch, Optional<ArrayNode> order, String key, Schema items) {
        boolean replaces =
                patch.valueStream().anyMatch(element -> directive(element).equals("replace"));
        var merged = new ArrayList<JsonNode>();
        if (!replaces) {
            before.forEach(element -> merged.add(element.deepCopy()));
        }
        ArrayNode kept = Json.array();
        for (JsonNode element : patch) {
            if (!(element instanceof ObjectNode change)) {
                throw bad("a list with merge key " + key + " holds objects only");
            }
            boolean isBareReplace = directive(change).equals("replace") && !change.has(key);
            if (isBareReplace) {
                continue;
            }
            JsonNode id = change.get(key);
            if (id == null) {
                throw bad("map: " + change + " does not contain declared merge key: " + key);
            }
            if (directive(change).equals("delete")) {
                merged.removeIf(there -> id.equals(there.get(key)));
                continue;
            }
            kept.add(change);
            put(merged, change, id, key, items);
        }
        return new ElementOrder(key).arrange(merged, order.orElse(kept), before);
    }

    private void put(List<JsonNode> merged, ObjectNode change, JsonNode id, String key, Schema items) {
        for (int i = 0; i < merged.size(); i++) {
            if (merged.get(i) instanceof ObjectNode there && id.equals(there.get(key))) {
                merged.set(i, mergeObject(there, change, items));
                return;
            }
        }
        merged.add(mergeObject(Json.object(), change, items));
    }

    private static void retainKeys(ObjectNode result, ObjectNode patch) {
        if (!patch.has(RETAIN)) {
            return;
        }
        if (!(patch.get(RETAIN) instanceof ArrayNode keys)) {
            throw bad("unable to parse RetainKeysList");
        }
        Set<String> names = keys.valueStream().map(key -> key.asString("")).collect(Collectors.toSet());
        for (var change : patch.properties()) {
            String name = change.getKey();
            if (!name.startsWith("$") && !change.getValue().isNull() && !names.contains(name)) {
                throw bad("the key " + name + " is in the patch, but not in its $retainKeys");
            }
        }
        List.copyOf(result.propertyNames()).stream()
                .filter(name -> !names.contains(name))
                .forEach(result::remove);
    }

    private static void deleteFrom(ObjectNode result, String field, JsonNode values) {
        if (!(values instanceof ArrayNode gone)) {
            throw bad(DELETE_FROM + field + " must be a list");
        }
        if (result.path(field) instanceof ArrayNode list) {
            ArrayNode left = Json.array();
            list.valueStream()
                    .filter(value -> gone.valueStream().noneMatch(value::equals))
                    .forEach(left::add);
            result.set(field, left);
        }
    }

    private static ArrayNode order(JsonNode order) {
        if (order instanceof ArrayNode list) {
            return list;
        }
        throw bad("$setElementOrder must be a list");
    }

    private Optional<Schema> field(Schema schema, String name) {
        return Optional.ofNullable(schema.properties().get(name)).or(schema::additional);
    }

    private static Set<String> strategies(String patchStrategy) {
        return Set.of(patchStrategy.split(",", -1));
    }

    private static String directive(JsonNode element) {
        return element.path(DIRECTIVE).asString("");
    }

    private static FaultException bad(String why) {
        return new FaultException(new Fault.BadRequest(why));
    }
}
