package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a pod may change: images, the deadline, further tolerations, gates that open, and little else.
final class PodChanges {

    private static final String ALLOWED = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to"
            + " existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
            + " previously negative)\n";

    private PodChanges() {}

    static void check(Checks checks, ObjectNode pod, ObjectNode old) {
        JsonNode now = pod.path("spec");
        JsonNode before = old.path("spec");
        for (String list : List.of("containers", "initContainers")) {
            if (now.path(list).size() != before.path(list).size()) {
                checks.forbidden("spec." + list, "pod updates may not add or remove containers");
                return;
            }
        }
        tolerations(checks, now, before);
        gates(checks, now, before);
        deadline(checks, now, before);
        if (!settled(now, before).equals(settled(before, before))) {
            checks.forbidden("spec", ALLOWED);
        }
    }

    /// `spec` without what may change, so that the rest can be compared.
    private static ObjectNode settled(JsonNode spec, JsonNode before) {
        ObjectNode rest = spec instanceof ObjectNode object ? object.deepCopy() : Json.object();
        var free = new ArrayList<>(
                List.of("tolerations", "activeDeadlineSeconds", "schedulingGates", "ephemeralContainers"));
        if (!before.path("schedulingGates").isEmpty()) {
            // While a gate is closed nobody has chosen a node, so the wishes may still be narrowed.
            free.addAll(List.of("nodeSelector", "affinity"));
        }
        if (Trees.number(before, 0, "terminationGracePeriodSeconds") < 0) {
            free.add("terminationGracePeriodSeconds");
        }
        rest.remove(free);
        for (String list : List.of("containers", "initContainers")) {
            Trees.list(rest, list).forEach(container -> container.remove("image"));
        }
        return rest;
    }

    private static void tolerations(Checks checks, JsonNode now, JsonNode before) {
        List<ObjectNode> present = Trees.list(now, "tolerations");
        for (ObjectNode old : Trees.list(before, "tolerations")) {
            boolean isKept =
                    present.stream().anyMatch(toleration -> bare(toleration).equals(bare(old)));
            if (!isKept) {
                checks.forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    private static ObjectNode bare(ObjectNode toleration) {
        ObjectNode copy = toleration.deepCopy();
        copy.remove("tolerationSeconds");
        return copy;
    }

    private static void gates(Checks checks, JsonNode now, JsonNode before) {
        var old = Trees.list(before, "schedulingGates");
        for (ObjectNode gate : Trees.list(now, "schedulingGates")) {
            if (!old.contains(gate)) {
                checks.forbidden(
                        "spec.schedulingGates",
                        "only deletion is allowed, but found new scheduling gate '" + Trees.text(gate, "name") + "'");
            }
        }
    }

    private static void deadline(Checks checks, JsonNode now, JsonNode before) {
        JsonNode old = before.path("activeDeadlineSeconds");
        JsonNode present = now.path("activeDeadlineSeconds");
        if (!old.isNumber()) {
            return;
        }
        if (!present.isNumber()) {
            checks.add(Cause.invalid(
                    "spec.activeDeadlineSeconds", "null", "must not update from a positive integer to nil value"));
        } else if (present.asLong() > old.asLong()) {
            checks.invalid(
                    "spec.activeDeadlineSeconds", present.asLong(), "must be less than or equal to previous value");
        }
    }
}
