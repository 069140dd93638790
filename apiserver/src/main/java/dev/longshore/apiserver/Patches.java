package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.JsonPatch;
import dev.longshore.model.MergePatch;
import dev.longshore.model.Resource;
import dev.longshore.model.Schema;
import dev.longshore.model.StrategicMergePatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads patches.
final class Patches {

    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private final Machine machine;

    Patches(Machine machine) {
        this.machine = machine;
    }

    /// What the body does to an object of `kind`.
    ///
    /// @param schema of that kind, if there is one
    UnaryOperator<Resource> read(Exchange exchange, GroupVersionKind kind, Optional<Schema> schema) throws IOException {
        Request request = exchange.request();
        String type = Bodies.contentType(request);
        JsonNode patch = Bodies.parse(Bodies.bytes(request), false).tree();
        UnaryOperator<ObjectNode> change =
                switch (type) {
                    case "application/json-patch+json" -> tree -> object(JsonPatch.apply(tree, patch));
                    case "application/merge-patch+json" -> tree -> object(MergePatch.apply(tree, requireObject(patch)));
                    case STRATEGIC -> {
                        Schema known = schema.orElseThrow(() -> unsupported(type));
                        var merge = new StrategicMergePatch(machine.schemas);
                        yield tree -> merge.apply(tree, patch, known);
                    }
                    default -> throw unsupported(type);
                };
        return old -> {
            var patched = new Resource(change.apply(old.tree()));
            requireSameKind(patched, kind);
            exchange.clean(machine, patched, schema, List.of(), found -> strictRefusal(patch, found));
            return patched;
        };
    }

    private static Fault strictRefusal(JsonNode patch, String found) {
        return new Fault.Invalid(
                new GroupVersionKind("", "", ""),
                "",
                List.of(Cause.invalid("patch", new String(Json.bytes(patch), StandardCharsets.UTF_8), found)));
    }

    private static void requireSameKind(Resource patched, GroupVersionKind kind) {
        if (!patched.kind().equals(kind)) {
            throw new FaultException(new Fault.BadRequest(
                    "the API version in the data (%s) does not match the expected".formatted(patched.text("apiVersion"))
                            + " API version (" + kind.apiVersion() + ")"));
        }
    }

    private static JsonNode requireObject(JsonNode patch) {
        return object(patch);
    }

    private static ObjectNode object(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new FaultException(new Fault.BadRequest("error decoding patch: an object was expected"));
    }

    private static FaultException unsupported(String type) {
        return new FaultException(
                new Fault.UnsupportedMediaType("the body of the request was in an unknown format (" + type
                        + ") - accepted media types include: application/json-patch+json, application/merge-patch+json,"
                        + " application/strategic-merge-patch+json, application/apply-patch+yaml"));
    }
}
