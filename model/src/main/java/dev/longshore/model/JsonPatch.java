package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON Patch (RFC 6902): a list of operations on JSON pointers (RFC 6901), all or nothing.
///
/// As kube-apiserver has it, which is in some places milder than the RFC: `replace` also adds a field, an index
/// may count from the end (`-1`), a field that is not there is the same as null, and an operation without value
/// has null; and in one stricter: only `replace` takes the whole document.
public final class JsonPatch {

    private static final int MAX_OPERATIONS = 10_000;
    /// How many bytes all the `copy` operations of a patch may copy.
    private static final long MAX_COPIED = 3L * 1024 * 1024;

    private static final Set<String> FIELDS = Set.of("op", "path", "from", "value");

    private long copied;

    private JsonPatch() {}

    /// `target` as `patch` changes it; both stay as they are.
    ///
    /// @throws FaultException with [Fault.TooLarge], and with [Fault.Unprocessable] when the patch cannot be
    /// carried out or a test in it fails
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (patch.size() > MAX_OPERATIONS) {
            throw new FaultException(new Fault.TooLarge("The allowed maximum operations in a JSON patch is %d, got %d"
                    .formatted(MAX_OPERATIONS, patch.size())));
        }
        JsonNode document = target.deepCopy();
        var run = new JsonPatch();
        for (JsonNode operation : patch) {
            document = run.step(document, operation);
        }
        return document;
    }

    /// Fields of operations that mean nothing, as `[0].foo`.
    public static List<String> strangeFields(JsonNode patch) {
        var strange = new ArrayList<String>();
        for (int i = 0; i < patch.size(); i++) {
            for (String name : patch.get(i).propertyNames()) {
                if (!FIELDS.contains(name)) {
                    strange.add("[" + i + "]." + name);
                }
            }
        }
        return strange;
    }

    /// What is of the wrong type in `patch`, a list; in the words of Go's decoder.
    public static Optional<String> misplaced(JsonNode patch) {
        for (JsonNode operation : patch) {
            if (!operation.isObject() && !operation.isNull()) {
                return Optional.of("json: cannot unmarshal %s into Go value of type handlers.jsonPatchOp"
                        .formatted(GoText.jsonTypeOf(operation)));
            }
            for (String field : List.of("op", "path", "from")) {
                JsonNode value = operation.path(field);
                if (!value.isMissingNode() && !value.isString() && !value.isNull()) {
                    return Optional.of("json: cannot unmarshal %s into Go struct field jsonPatchOp.%s of type string"
                            .formatted(GoText.jsonTypeOf(value), field));
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode step(JsonNode document, JsonNode operation) {
        String path = operation.path("path").asString("");
        boolean hasPath = operation.path("path").isString();
        if (!hasPath) {
            throw failed();
        }
        JsonNode value = operation.path("value");
        JsonNode given = value.isMissingNode() ? NullNode.getInstance() : value.deepCopy();
        switch (operation.path("op").asString("")) {
            case "add" -> add(Spot.find(document, path), given);
            case "remove" -> remove(Spot.find(document, path));
            case "replace" -> {
                if (path.isEmpty()) {
                    return wholeDocument(given);
                }
                replace(Spot.find(document, path), given);
            }
            case "move" -> {
                Spot from = Spot.find(document, from(operation));
                JsonNode moved = get(from);
                remove(from);
                add(Spot.find(document, path), moved);
            }
            case "copy" -> add(Spot.find(document, path), copy(get(Spot.find(document, from(operation)))));
            case "test" -> test(path.isEmpty() ? document : get(Spot.find(document, path)), given);
            default -> throw failed();
        }
        return document;
    }

    private static JsonNode wholeDocument(JsonNode value) {
        if (!value.isContainer()) {
            throw failed();
        }
        return value;
    }

    private static String from(JsonNode operation) {
        JsonNode from = operation.path("from");
        if (!from.isString()) {
            throw failed();
        }
        return from.asString();
    }

    private JsonNode copy(JsonNode value) {
        copied += Json.bytes(value).length;
        if (copied > MAX_COPIED) {
            throw failed();
        }
        return value.deepCopy();
    }

    private static void add(Spot spot, JsonNode value) {
        switch (spot.container) {
            case ObjectNode object -> object.set(spot.key, value);
            case ArrayNode list -> list.insert(spot.key.equals("-") ? list.size() : spot.index(list.size() + 1), value);
            default -> throw failed();
        }
    }

    private static void remove(Spot spot) {
        switch (spot.container) {
            case ObjectNode object -> {
                if (object.remove(spot.key) == null) {
                    throw failed();
                }
            }
            case ArrayNode list -> list.remove(spot.index(list.size()));
            default -> throw failed();
        }
    }

    private static void replace(Spot spot, JsonNode value) {
        switch (spot.container) {
            case ObjectNode object -> object.set(spot.key, value);
            case ArrayNode list -> list.set(spot.index(list.size()), value);
            default -> throw failed();
        }
    }

    private static JsonNode get(Spot spot) {
        return switch (spot.container) {
            case ObjectNode object -> Optional.ofNullable(object.get(spot.key)).orElseGet(NullNode::getInstance);
            case ArrayNode list -> list.get(spot.index(list.size()));
            default -> throw failed();
        };
    }

    /// Numbers compare by value, whatever their spelling.
    private static void test(JsonNode found, JsonNode expected) {
        if (!Scalars.same(found, expected)) {
            throw failed();
        }
    }

    private static FaultException failed() {
        return new FaultException(new Fault.Unprocessable());
    }

    /// A place in a document: a container that is there, and a key in it that may be there.
    private record Spot(JsonNode container, String key) {

        static Spot find(JsonNode document, String pointer) {
            String[] steps = pointer.split("/", -1);
            if (steps.length < 2) {
                throw failed();
            }
            JsonNode node = document;
            for (int i = 1; i < steps.length - 1; i++) {
                node = get(new Spot(node, plain(steps[i])));
                if (!node.isContainer()) {
                    throw failed();
                }
            }
            return new Spot(node, plain(steps[steps.length - 1]));
        }

        private static String plain(String step) {
            return step.replace("~1", "/").replace("~0", "~");
        }

        int index(int bound) {
            int index;
            try {
                index = Integer.parseInt(key);
            } catch (NumberFormatException notNumber) {
                throw failed();
            }
            int real = index < 0 ? index + bound : index;
            if (real < 0 || real >= bound) {
                throw failed();
            }
            return real;
        }
    }
}
