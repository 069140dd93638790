package dev.longshore.model;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON Patch (RFC 6902): a list of operations on JSON pointers (RFC 6901), all or nothing.
public final class JsonPatch {

    /// More operations than this are refused, as kube-apiserver does.
    private static final int MAX_OPERATIONS = 10_000;

    private JsonPatch() {}

    /// `target` as `patch` changes it; `target` itself stays as it is.
    ///
    /// @throws FaultException with [Fault.BadRequest] when it is no JSON patch, and with status 422 when it
    /// cannot be applied or a test in it fails
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ArrayNode operations)) {
            throw malformed("a JSON patch is an array of operations");
        }
        if (operations.size() > MAX_OPERATIONS) {
            throw new FaultException(new Fault.TooLarge("The allowed maximum operations in a JSON patch is %d, got %d"
                    .formatted(MAX_OPERATIONS, operations.size())));
        }
        JsonNode document = target.deepCopy();
        for (JsonNode operation : operations) {
            document = step(document, operation);
        }
        return document;
    }

    private static JsonNode step(JsonNode document, JsonNode operation) {
        List<String> path = pointer(operation, "path");
        return switch (operation.path("op").asString("")) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> replace(document, path, value(operation));
            case "move" -> {
                List<String> from = pointer(operation, "from");
                if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
                    throw failed("move", from, "a value cannot be moved into itself");
                }
                JsonNode moved = find(document, from, "move");
                yield add(remove(document, from), path, moved);
            }
            case "copy" ->
                add(
                        document,
                        path,
                        find(document, pointer(operation, "from"), "copy").deepCopy());
            case "test" -> {
                if (!same(find(document, path, "test"), value(operation))) {
                    throw failed("test", path, "testing value failed");
                }
                yield document;
            }
            default ->
                throw malformed("Unexpected kind: " + operation.path("op").asString("unknown"));
        };
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        String last = path.getLast();
        switch (find(document, path.subList(0, path.size() - 1), "add")) {
            case ObjectNode object -> object.set(last, value);
            case ArrayNode array ->
                array.insert(last.equals("-") ? array.size() : index(path, array.size() + 1), value);
            default -> throw failed("add", path, "missing container");
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, List<String> path) {
        find(document, path, "remove");
        if (path.isEmpty()) {
            throw failed("remove", path, "the whole document cannot be removed");
        }
        switch (find(document, path.subList(0, path.size() - 1), "remove")) {
            case ObjectNode object -> object.remove(path.getLast());
            case ArrayNode array -> array.remove(index(path, array.size()));
            default -> throw failed("remove", path, "missing container");
        }
        return document;
    }

    private static JsonNode replace(JsonNode document, List<String> path, JsonNode value) {
        find(document, path, "replace");
        if (path.isEmpty()) {
            return value;
        }
        switch (find(document, path.subList(0, path.size() - 1), "replace")) {
            case ObjectNode object -> object.set(path.getLast(), value);
            case ArrayNode array -> array.set(index(path, array.size()), value);
            default -> throw failed("replace", path, "missing container");
        }
        return document;
    }

    private static JsonNode find(JsonNode document, List<String> path, String operation) {
        JsonNode node = document;
        for (int i = 0; i < path.size(); i++) {
            JsonNode next =
                    switch (node) {
                        case ObjectNode object -> object.get(path.get(i));
                        case ArrayNode array -> array.get(index(path.subList(0, i + 1), array.size()));
                        default -> null;
                    };
            if (next == null) {
                throw failed(operation, path, "missing path");
            }
            node = next;
        }
        return node;
    }

    private static int index(List<String> path, int bound) {
        String text = path.getLast();
        boolean isNumber = !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber || (text.length() > 1 && text.startsWith("0"))) {
            throw failed("access", path, "invalid array index");
        }
        int index = Integer.parseInt(text);
        if (index >= bound) {
            throw failed("access", path, "array index out of bounds");
        }
        return index;
    }

    /// Numbers compare by value, whatever their spelling.
    private static boolean same(JsonNode left, JsonNode right) {
        return left.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                right);
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw malformed("an operation without a value");
        }
        return value.deepCopy();
    }

    private static List<String> pointer(JsonNode operation, String field) {
        JsonNode node = operation.path(field);
        if (!node.isString() || !(node.asString().isEmpty() || node.asString().startsWith("/"))) {
            throw malformed("an operation's " + field + " must be a JSON pointer");
        }
        var steps = new ArrayList<String>();
        if (!node.asString().isEmpty()) {
            for (String step : node.asString().substring(1).split("/", -1)) {
                steps.add(step.replace("~1", "/").replace("~0", "~"));
            }
        }
        return steps;
    }

    private static FaultException malformed(String why) {
        return new FaultException(new Fault.BadRequest("error decoding patch: " + why));
    }

    private static FaultException failed(String operation, List<String> path, String why) {
        String pointer = String.join("/", path);
        return new FaultException(new Fault.Foreign(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request: %s operation on /%s: %s"
                        .formatted(operation, pointer, why)));
    }
}
