package dev.longshore.model;

import dev.longshore.base.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces.
public final class MergePatch {

    private MergePatch() {}

    /// `target` as `patch` changes it; both stay as they are.
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = target instanceof ObjectNode object ? object.deepCopy() : Json.object();
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                result.set(change.getKey(), apply(result.path(change.getKey()), change.getValue()));
            }
        });
        return result;
    }

    /// The smallest patch that turns `from` into `to`. It exists for trees without nulls.
    public static ObjectNode between(ObjectNode from, ObjectNode to) {
        ObjectNode patch = Json.object();
        from.propertyNames().stream().filter(name -> !to.has(name)).forEach(patch::putNull);
        to.properties().forEach(entry -> {
            JsonNode before = from.path(entry.getKey());
            if (before instanceof ObjectNode left && entry.getValue() instanceof ObjectNode right) {
                if (!left.equals(right)) {
                    patch.set(entry.getKey(), between(left, right));
                }
            } else if (!before.equals(entry.getValue())) {
                patch.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
        return patch;
    }
}
