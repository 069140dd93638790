package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a pod may change while a gate is closed: nobody has chosen its node, so its wishes may be narrowed,
/// never widened.
record GatedChanges(Checks checks) {

    private static final String TERMS =
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";

    /// Checks what changed and puts it back in `spec`, so that the rest can be compared.
    void check(ObjectNode spec, ObjectNode old) {
        if (!Trees.same(spec, old, "nodeSelector")) {
            Map<String, String> labels = Trees.texts(spec, "nodeSelector");
            Trees.texts(old, "nodeSelector").forEach((key, value) -> {
                if (!value.equals(labels.get(key))
                        && checks.causes().stream()
                                .noneMatch(cause -> cause.field().equals("spec.nodeSelector"))) {
                    checks.invalid(
                            "spec.nodeSelector",
                            spec.path("nodeSelector"),
                            "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
                }
            });
            PodChanges.putBack(spec, old, "nodeSelector");
        }
        if (!Trees.same(spec, old, "affinity", "nodeAffinity")) {
            affinity(Trees.at(spec, "affinity", "nodeAffinity"), Trees.at(old, "affinity", "nodeAffinity"));
            restore(spec, old);
        }
    }

    private static void restore(ObjectNode spec, ObjectNode old) {
        JsonNode before = Trees.at(old, "affinity", "nodeAffinity");
        if (before.isObject()) {
            spec.withObject("affinity").set("nodeAffinity", before);
        } else if (spec.get("affinity") instanceof ObjectNode affinity) {
            affinity.remove("nodeAffinity");
            if (affinity.isEmpty() && !old.has("affinity")) {
                spec.remove("affinity");
            }
        }
    }

    private void affinity(JsonNode now, JsonNode before) {
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        List<ObjectNode> old = Trees.list(before, required, "nodeSelectorTerms");
        List<ObjectNode> terms = Trees.list(now, required, "nodeSelectorTerms");
        if (old.isEmpty()) {
            return;
        }
        if (old.size() != terms.size()) {
            checks.invalid(
                    TERMS,
                    Trees.at(now, required, "nodeSelectorTerms"),
                    "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }
        for (int i = 0; i < old.size(); i++) {
            if (!hasOnlyAdditions(terms.get(i), old.get(i))) {
                checks.invalid(
                        TERMS + "[" + i + "]", terms.get(i), "only additions are allowed (no mutations or deletions)");
            }
        }
    }

    private static boolean hasOnlyAdditions(ObjectNode term, ObjectNode old) {
        boolean wasEmpty = old.path("matchExpressions").isEmpty()
                && old.path("matchFields").isEmpty();
        boolean isEmpty = term.path("matchExpressions").isEmpty()
                && term.path("matchFields").isEmpty();
        if (wasEmpty) {
            // A term that picks nothing would begin to pick something.
            return isEmpty;
        }
        return List.of("matchExpressions", "matchFields").stream()
                .allMatch(list -> beginsWith(term.path(list), old.path(list)));
    }

    private static boolean beginsWith(JsonNode list, JsonNode beginning) {
        if (list.size() < beginning.size()) {
            return false;
        }
        for (int i = 0; i < beginning.size(); i++) {
            if (!list.get(i).equals(beginning.get(i))) {
                return false;
            }
        }
        return true;
    }
}
