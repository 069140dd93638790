package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.DuplicateFields;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GoText;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.JsonPatch;
import dev.longshore.model.MergePatch;
import dev.longshore.model.Resource;
import dev.longshore.model.Schema;
import dev.longshore.model.StrategicMergePatch;
import dev.longshore.model.StrictFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads patches.
final class Patches {

    private static final String JSON = "application/json-patch+json";
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private final Machine machine;

    Patches(Machine machine) {
        this.machine = machine;
    }

    /// The type of the patch, exactly as the client spells it.
    static String type(Request request) {
        String header = request.headers().first("Content-Type").orElse("");
        int semicolon = header.indexOf(';');
        return semicolon > 0 ? header.substring(0, semicolon) : header;
    }

    /// What the body does to an object of `kind`.
    ///
    /// @param schema of that kind, if there is one
    /// @throws FaultException with [Fault.UnsupportedMediaType] or [Fault.BadRequest]
    UnaryOperator<Resource> read(Exchange exchange, GroupVersionKind kind, Optional<Schema> schema) throws IOException {
        String type = type(exchange.request());
        // Custom resources take none, nor do their scales.
        boolean isMergeable = schema.isPresent()
                && exchange.definition().strategy().cleaning().isEmpty();
        boolean isKnown = type.equals(JSON) || type.equals(MERGE) || type.equals(STRATEGIC) && isMergeable;
        if (!isKnown) {
            throw unsupported(isMergeable);
        }
        byte[] bytes = Bodies.bytes(exchange.request());
        JsonNode patch = parse(bytes, type);
        exchange.tell(patch);
        List<String> duplicates = DuplicateFields.find(bytes);
        List<String> strange = type.equals(JSON) ? JsonPatch.strangeFields(patch) : List.of();
        UnaryOperator<ObjectNode> change =
                switch (type) {
                    case JSON -> tree -> object(JsonPatch.apply(tree, patch));
                    case MERGE -> tree -> object(MergePatch.apply(tree, patch));
                    default -> {
                        var merge = new StrategicMergePatch(machine.schemas);
                        yield tree -> merge.apply(tree, patch, schema.orElseThrow());
                    }
                };
        boolean isStrategic = type.equals(STRATEGIC);
        return old -> {
            var patched = new Resource(change.apply(old.tree()));
            requireSameKind(patched, kind);
            JsonNode shown = isStrategic ? patch : patched.tree().deepCopy();
            clean(exchange, patched, kind, schema, shown, isStrategic, findings(duplicates, strange, type));
            ResourceEndpoint.requireName(exchange, patched);
            Creation.placeIn(exchange.definition(), exchange.namespace(), patched);
            return patched;
        };
    }

    /// What is wrong with the patch itself, which is told before what is wrong with its outcome.
    private static List<String> findings(List<String> duplicates, List<String> strange, String type) {
        String of = type.equals(JSON) ? "json patch " : "";
        var sentences = new ArrayList<String>();
        strange.forEach(path -> sentences.add(of + "unknown field \"" + path + "\""));
        duplicates.forEach(path -> sentences.add(of + "duplicate field \"" + path + "\""));
        return sentences;
    }

    private static JsonNode parse(byte[] bytes, String type) {
        JsonNode patch;
        try {
            patch = Json.parse(bytes);
        } catch (Json.MalformedException notJson) {
            throw undecodable(type, notJson.getMessage());
        }
        boolean isList = type.equals(JSON);
        if (isList ? !patch.isArray() : !patch.isObject()) {
            String wanted = isList ? "[]handlers.jsonPatchOp" : "map[string]interface {}";
            throw undecodable(
                    type,
                    "json: cannot unmarshal %s into Go value of type %s".formatted(GoText.jsonTypeOf(patch), wanted));
        }
        if (isList) {
            JsonPatch.misplaced(patch).ifPresent(why -> {
                throw undecodable(type, why);
            });
        }
        return patch;
    }

    private static FaultException undecodable(String type, String why) {
        return new FaultException(new Fault.BadRequest(type.equals(STRATEGIC) ? why : "error decoding patch: " + why));
    }

    /// Drops what the schema does not know, and refuses what is not of its shape.
    private void clean(
            Exchange exchange,
            Resource patched,
            GroupVersionKind kind,
            Optional<Schema> schema,
            JsonNode shown,
            boolean isStrategic,
            List<String> findings) {
        List<String> unknown;
        try {
            unknown = exchange.cleaned(machine, patched, kind, schema);
        } catch (FaultException misshapen) {
            throw new FaultException(
                    invalid(shown, isStrategic, misshapen(misshapen.fault().message(), isStrategic)), misshapen);
        }
        var all = new ArrayList<>(findings);
        all.addAll(StrictFields.sentences(unknown, List.of()));
        FieldValidation.of(exchange.request())
                .judge(all, exchange.call().warnings(), found -> invalid(shown, isStrategic, found));
    }

    private static Fault invalid(JsonNode shown, boolean isStrategic, String why) {
        String text = isStrategic ? GoText.of(shown) : GoText.json(shown);
        String quoted = Json.object().stringNode(text).toString();
        return new Fault.Invalid(new GroupVersionKind("", "", ""), "", List.of(Cause.invalid("patch", quoted, why)));
    }

    /// A decoder says of what type a field should have been; the other one, which turns maps into structures,
    /// says what it could not do.
    private static String misshapen(String message, boolean isStrategic) {
        int start = message.indexOf("json: ");
        String plain = start < 0 ? message : message.substring(start);
        int at = plain.lastIndexOf(" of type ");
        if (!isStrategic || at < 0) {
            return plain;
        }
        String wanted = plain.substring(at + " of type ".length());
        String found = plain.replaceFirst("json: cannot unmarshal (\\w+).*", "$1");
        if (wanted.startsWith("[]")) {
            return "cannot restore slice from " + found;
        }
        if (wanted.startsWith("map[")) {
            return "cannot restore map from " + found;
        }
        boolean isPlain = List.of("string", "bool", "int32", "int64", "float64").contains(wanted);
        return isPlain ? "unrecognized type: " + wanted : "cannot restore struct from: " + found;
    }

    private static void requireSameKind(Resource patched, GroupVersionKind kind) {
        if (!patched.kind().equals(kind)) {
            throw new FaultException(new Fault.BadRequest(
                    "the API version in the data (%s) does not match the expected".formatted(patched.text("apiVersion"))
                            + " API version (" + kind.apiVersion() + ")"));
        }
    }

    private static ObjectNode object(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new FaultException(invalid(
                tree,
                false,
                "json: cannot unmarshal %s into Go value of type map[string]interface {}"
                        .formatted(GoText.jsonTypeOf(tree))));
    }

    private static FaultException unsupported(boolean hasSchema) {
        return new FaultException(new Fault.UnsupportedMediaType("the body of the request was in an unknown format"
                + " - accepted media types include: " + JSON + ", " + MERGE + ", "
                + (hasSchema ? STRATEGIC + ", " : "") + Applies.TYPE));
    }
}
