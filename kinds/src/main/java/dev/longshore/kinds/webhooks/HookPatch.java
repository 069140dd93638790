package dev.longshore.kinds.webhooks;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.JsonPatch;
import dev.longshore.model.Resource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Applies the patch that a webhook answered, to the object as that webhook saw it.
///
/// @param hook whose patch it is
record HookPatch(Hook hook, Attempt attempt, Match match) {

    /// Whether the object is another one now.
    ///
    /// @throws FaultException with [Fault.Internal] if the patch cannot be applied, or leaves no object of the kind
    boolean apply(JsonNode operations) {
        Resource object = attempt.object()
                .orElseThrow(() -> internal("admission webhook \"" + hook.name()
                        + "\" attempted to modify the object, which is not supported for this operation"));
        Resource seen = attempt.setting().as(object, match.kind());
        JsonNode patched = seen.tree();
        for (JsonNode operation : operations) {
            patched = step(patched, operation);
        }
        if (!(patched instanceof ObjectNode tree)) {
            throw internal("json: cannot unmarshal " + dev.longshore.model.GoText.jsonTypeOf(patched)
                    + " into Go value of type " + match.kind().kind());
        }
        Resource settled = settled(new Resource(tree));
        boolean isChanged = !settled.tree().equals(seen.tree());
        if (isChanged) {
            Resource own = attempt.setting().as(settled, attempt.kind());
            object.tree().removeAll();
            object.tree().setAll(own.tree());
        }
        return isChanged;
    }

    private Resource settled(Resource patched) {
        if (!patched.kind().equals(match.kind())) {
            throw internal(
                    "no kind \"%s\" is registered for version \"%s\" in scheme \"pkg/api/legacyscheme/scheme.go\""
                            .formatted(patched.text("kind"), patched.text("apiVersion")));
        }
        try {
            attempt.setting().settle(patched, match.kind());
            return patched;
        } catch (FaultException misshapen) {
            String message = misshapen.fault().message();
            int start = message.indexOf("json: ");
            throw internal(start < 0 ? message : message.substring(start));
        }
    }

    private static JsonNode step(JsonNode document, JsonNode operation) {
        ArrayNode one = Json.array();
        one.add(operation);
        try {
            return JsonPatch.apply(document, one);
        } catch (FaultException impossible) {
            throw internal(why(document, operation));
        }
    }

    /// In the words of the library that kube-apiserver patches with.
    private static String why(JsonNode document, JsonNode operation) {
        String path = Trees.text(operation, "path");
        String key = path.substring(path.lastIndexOf('/') + 1);
        String missing = ": missing value";
        return switch (Trees.text(operation, "op")) {
            case "add" -> "add operation does not apply: doc is missing path: \"" + path + "\"" + missing;
            case "remove" ->
                isParentThere(document, path)
                        ? "error in remove for path: '" + path + "': Unable to remove nonexistent key: " + key + missing
                        : "remove operation does not apply: doc is missing path: \"" + path + "\"" + missing;
            case "replace" ->
                "replace operation does not apply: doc is missing "
                        + (isParentThere(document, path) ? "key: " : "path: ") + path + missing;
            case "move", "copy" ->
                Trees.text(operation, "op") + " operation does not apply: doc is missing from path: "
                        + Trees.text(operation, "from") + missing;
            case "test" -> "testing value " + path + " failed: test failed";
            default -> "Unexpected kind: " + Trees.text(operation, "op");
        };
    }

    private static boolean isParentThere(JsonNode document, String path) {
        int slash = path.lastIndexOf('/');
        try {
            return slash <= 0 || !document.at(path.substring(0, slash)).isMissingNode();
        } catch (IllegalArgumentException noPointer) {
            return false;
        }
    }

    private static FaultException internal(String why) {
        return new FaultException(new Fault.Internal("Internal error occurred: " + why));
    }
}
