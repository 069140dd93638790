package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Kubernetes' strategic merge patch: a merge patch that also merges lists, by the merge keys that the schema
/// names, and that takes directives: `$patch` (`replace`, `delete`), `$retainKeys`,
/// `$deleteFromPrimitiveList/FIELD` and `$setElementOrder/FIELD`.
///
/// Malformed directives and elements without their key are bad requests, in the words of the reference
/// implementation (whose server answers 500 to some of them).
public final class StrategicMergePatch {

    static final String DIRECTIVE = "$patch";
    private static final String RETAIN = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList";
    private static final String ORDER = "$setElementOrder";

    private static final Set<String> DIRECTIVES = Set.of("delete", "merge", "replace");

    private final Schemas schemas;
    private final StrategicLists lists = new StrategicLists(this);

    /// Merges by what `schemas` say.
    public StrategicMergePatch(Schemas schemas) {
        this.schemas = schemas;
    }

    /// `target`, an object of `schema`, as `patch` changes it; both stay as they are.
    ///
    /// @throws FaultException when the patch makes no sense
    public ObjectNode apply(ObjectNode target, JsonNode patch, Schema schema) {
        if (!(patch instanceof ObjectNode changes)) {
            throw new FaultException(new Fault.BadRequest("invalid JSON document"));
        }
        return merge(target.deepCopy(), changes.deepCopy(), schema);
    }

    /// Merges `patch` into `original`; both are changed.
    ObjectNode merge(ObjectNode original, ObjectNode patch, Schema schema) {
        JsonNode directive = patch.get(DIRECTIVE);
        if (directive != null) {
            return directed(directive, patch);
        }
        retainKeys(original, patch);
        orderLists(original, patch, schema);
        for (String name : List.copyOf(patch.propertyNames())) {
            boolean isDeletion = name.startsWith(DELETE_FROM);
            String field = isDeletion ? field(name, DELETE_FROM) : name;
            mergeField(original, field, patch.get(name), isDeletion, schema);
        }
        return original;
    }

    private static ObjectNode directed(JsonNode directive, ObjectNode patch) {
        return switch (directive.asString("")) {
            case "replace" -> {
                patch.remove(DIRECTIVE);
                yield patch;
            }
            case "delete" -> Json.object();
            default -> throw unknownDirective(directive, patch);
        };
    }

    private void mergeField(ObjectNode original, String name, JsonNode change, boolean isDeletion, Schema schema) {
        if (change.isNull()) {
            original.remove(name);
            return;
        }
        if (isDeletion) {
            lists.list(change);
        }
        JsonNode before = original.get(name);
        boolean isMerge =
                before != null && (before.isObject() && change.isObject() || before.isArray() && change.isArray());
        if (!isMerge) {
            if (!isDeletion) {
                put(original, name, change);
            }
            return;
        }
        Schema field = part(schema, name);
        if (before instanceof ObjectNode there) {
            boolean replaces = strategy(field).equals("replace");
            original.set(name, replaces ? change : merge(there, (ObjectNode) change, field));
            return;
        }
        boolean merges = isDeletion || strategy(field).equals("merge");
        original.set(
                name,
                merges
                        ? lists.merge(
                                (ArrayNode) before, (ArrayNode) change, field.patchMergeKey(), items(field), isDeletion)
                        : change);
    }

    /// A value that nothing is merged with: without nulls, and without what carries a directive.
    private void put(ObjectNode original, String name, JsonNode change) {
        requireDirectives(change);
        dropNulls(change);
        if (isDirected(change)) {
            original.remove(name);
        } else {
            original.set(name, withoutDirected(change));
        }
    }

    /// Refuses malformed directives that nothing will carry out.
    private void requireDirectives(JsonNode value) {
        if (value instanceof ObjectNode object) {
            object.forEachEntry((name, inner) -> {
                if (name.equals(DIRECTIVE) && !DIRECTIVES.contains(inner.asString(""))) {
                    throw unknownDirective(inner, object);
                }
                boolean isOfLists = name.startsWith(ORDER + '/') || name.startsWith(DELETE_FROM + '/');
                if (isOfLists && !inner.isNull()) {
                    lists.list(inner);
                }
            });
        }
        value.forEach(this::requireDirectives);
    }

    private static void dropNulls(JsonNode value) {
        if (value instanceof ObjectNode object) {
            List.copyOf(object.propertyNames()).stream()
                    .filter(name -> object.get(name).isNull())
                    .forEach(object::remove);
        }
        value.forEach(StrategicMergePatch::dropNulls);
    }

    static boolean isDirected(JsonNode value) {
        return value.isObject() && value.has(DIRECTIVE);
    }

    static JsonNode withoutDirected(JsonNode value) {
        switch (value) {
            case ObjectNode object -> {
                for (String name : List.copyOf(object.propertyNames())) {
                    JsonNode inner = object.get(name);
                    if (isDirected(inner)) {
                        object.remove(name);
                    } else {
                        object.set(name, withoutDirected(inner));
                    }
                }
                return object;
            }
            case ArrayNode list -> {
                ArrayNode left = Json.array();
                list.valueStream()
                        .filter(inner -> !isDirected(inner))
                        .forEach(inner -> left.add(withoutDirected(inner)));
                return left;
            }
            default -> {
                return value;
            }
        }
    }

    private static void retainKeys(ObjectNode original, ObjectNode patch) {
        JsonNode keys = patch.remove(RETAIN);
        if (keys == null) {
            return;
        }
        if (!keys.isArray()) {
            throw badRetainKeys();
        }
        Set<String> names = new HashSet<>();
        keys.forEach(key -> names.add(key.asString("")));
        for (var change : patch.properties()) {
            String name = change.getKey();
            boolean isExempt = change.getValue().isNull() || name.startsWith(DELETE_FROM) || name.startsWith(ORDER);
            if (!isExempt && !names.contains(name)) {
                throw badRetainKeys();
            }
        }
        List.copyOf(original.propertyNames()).stream()
                .filter(name -> !names.contains(name))
                .forEach(original::remove);
    }

    private static FaultException badRetainKeys() {
        return new FaultException(new Fault.BadRequest("invalid patch format of retainKeys"));
    }

    /// Carries out each `$setElementOrder/FIELD`, with the change of FIELD itself, which is done then.
    private void orderLists(ObjectNode original, ObjectNode patch, Schema schema) {
        for (String name : List.copyOf(patch.propertyNames())) {
            if (!name.startsWith(ORDER)) {
                continue;
            }
            ArrayNode order = lists.list(patch.remove(name));
            String field = field(name, ORDER);
            Schema part = part(schema, field);
            Optional<ArrayNode> before =
                    Optional.ofNullable(original.get(field)).map(lists::list);
            Optional<ArrayNode> change =
                    Optional.ofNullable(patch.remove(field)).map(lists::list);
            String key = part.patchMergeKey();
            change.ifPresent(list -> lists.requireOrder(list, order, key));
            if (before.isEmpty() && change.isEmpty()) {
                continue;
            }
            ArrayNode merged;
            if (change.isEmpty()) {
                merged = before.get();
            } else if (before.isEmpty()) {
                merged = (ArrayNode) withoutDirected(change.get());
            } else {
                boolean merges = strategy(part).equals("merge");
                merged = merges ? lists.merge(before.get(), change.get(), key, items(part), false) : change.get();
            }
            original.set(field, lists.ordered(merged, order, before.orElseGet(Json::array), key));
        }
    }

    private static String field(String name, String prefix) {
        int slash = name.indexOf('/');
        if (slash == prefix.length()) {
            return name.substring(slash + 1);
        }
        throw new FaultException(new Fault.BadRequest(
                prefix.equals(ORDER)
                        ? "invalid patch format of setElementOrder list"
                        : "invalid patch format of primitive list"));
    }

    /// What the schema says of a field; merge facts stand beside the reference.
    private Schema part(Schema schema, String name) {
        Schema resolved = schemas.resolve(schema);
        Schema known = resolved.properties().get(name);
        if (known != null) {
            return known;
        }
        boolean isFree =
                resolved.additional().isPresent() || resolved.properties().isEmpty();
        if (isFree) {
            return resolved.additional().orElse(Schema.ANYTHING);
        }
        String type = schema.reference()
                .map(full -> full.substring(full.lastIndexOf('.') + 1))
                .orElse("");
        throw failed("unable to find api field in struct %s for the json field \"%s\"".formatted(type, name));
    }

    private Schema items(Schema list) {
        return schemas.resolve(list).items().orElse(Schema.ANYTHING);
    }

    /// `merge`, `replace` or empty: `retainKeys` is for clients.
    private static String strategy(Schema field) {
        for (String strategy : field.patchStrategy().split(",", -1)) {
            if (!strategy.equals("retainKeys")) {
                return strategy;
            }
        }
        return "";
    }

    static FaultException unknownDirective(JsonNode directive, ObjectNode patch) {
        return failed("unknown patch type: %s in map: %s".formatted(GoText.of(directive), GoText.of(patch)));
    }

    static FaultException failed(String why) {
        return new FaultException(new Fault.BadRequest(why));
    }
}
