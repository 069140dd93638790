package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.LineDiff;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a pod may change: images, the deadline, further tolerations, gates that open, and little else.
final class PodChanges {

    private static final String ALLOWED = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to"
            + " existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
            + " previously negative)\n";

    private final Checks checks;
    private final JsonNode now;
    private final JsonNode before;

    private PodChanges(Checks checks, ObjectNode pod, ObjectNode old) {
        this.checks = checks;
        this.now = pod.path("spec");
        this.before = old.path("spec");
    }

    static void check(Checks checks, ObjectNode pod, ObjectNode old) {
        var annotations = new AnnotationChecks(checks, "metadata.annotations");
        Map<String, String> now = Trees.texts(pod, "metadata", "annotations");
        annotations.change(now, Trees.texts(old, "metadata", "annotations"));
        annotations.check(now, pod.path("spec"));
        new PodChanges(checks, pod, old).spec();
    }

    private void spec() {
        if (now.equals(before)) {
            return;
        }
        for (String list : List.of("containers", "initContainers")) {
            if (now.path(list).size() != before.path(list).size()) {
                checks.forbidden("spec." + list, "pod updates may not add or remove containers");
                return;
            }
            // The original looks twice, and says so twice.
            Trees.each(now, "spec", list, (at, container) -> {
                checks.requiredText(at + ".image", Trees.text(container, "image"));
                ContainerChecks.image(checks, at, container);
            });
        }
        if (!deadline()) {
            return;
        }
        tolerations();
        openGates();
        rest();
    }

    /// A deadline may be set once, and drawn nearer; false if it was not, and no more is said.
    private boolean deadline() {
        JsonNode old = before.path("activeDeadlineSeconds");
        JsonNode present = now.path("activeDeadlineSeconds");
        String at = "spec.activeDeadlineSeconds";
        if (!present.isNumber()) {
            if (old.isNumber()) {
                checks.add(Cause.invalid(at, "null", "must not update from a positive integer to nil value"));
            }
            return true;
        }
        if (present.asLong() < 0 || present.asLong() > Integer.MAX_VALUE) {
            checks.invalid(at, present.asLong(), "must be between 0 and 2147483647, inclusive");
            return false;
        }
        if (old.isNumber() && old.asLong() < present.asLong()) {
            checks.invalid(at, present.asLong(), "must be less than or equal to previous value");
            return false;
        }
        return true;
    }

    private void tolerations() {
        List<ObjectNode> present = Trees.list(now, "tolerations");
        for (ObjectNode old : Trees.list(before, "tolerations")) {
            if (present.stream().noneMatch(toleration -> lasting(toleration).equals(lasting(old)))) {
                checks.forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
        // A second time, as images.
        Trees.each(now, "spec", "tolerations", (at, toleration) -> PlacementChecks.toleration(checks, at, toleration));
    }

    private static ObjectNode lasting(ObjectNode toleration) {
        ObjectNode copy = toleration.deepCopy();
        copy.remove("tolerationSeconds");
        return copy;
    }

    private void openGates() {
        var old = new HashSet<String>();
        Trees.list(before, "schedulingGates").forEach(gate -> old.add(Trees.text(gate, "name")));
        Trees.each(now, "spec", "schedulingGates", (at, gate) -> {
            String name = Trees.text(gate, "name");
            if (!old.contains(name)) {
                checks.forbidden(
                        at + ".name", "only deletion is allowed, but found new scheduling gate '" + name + "'");
            }
        });
    }

    /// All that has not been looked at must be as it was.
    private void rest() {
        ObjectNode rest = now instanceof ObjectNode object ? object.deepCopy() : Json.object();
        ObjectNode old = before instanceof ObjectNode object ? object : Json.object();
        for (String list : List.of("containers", "initContainers")) {
            List<ObjectNode> containers = Trees.list(rest, list);
            List<ObjectNode> olds = Trees.list(old, list);
            for (int i = 0; i < containers.size() && i < olds.size(); i++) {
                putBack(containers.get(i), olds.get(i), "image");
            }
        }
        for (String field : List.of("activeDeadlineSeconds", "schedulingGates", "tolerations")) {
            putBack(rest, old, field);
        }
        if (Trees.number(old, 0, "terminationGracePeriodSeconds") < 0
                && Trees.number(rest, 0, "terminationGracePeriodSeconds") == 1) {
            putBack(rest, old, "terminationGracePeriodSeconds");
        }
        if (!old.path("schedulingGates").isEmpty()) {
            new GatedChanges(checks).check(rest, old);
        }
        if (!Trees.pruned(old).equals(Trees.pruned(rest))) {
            checks.forbidden("spec", ALLOWED + LineDiff.of("PodSpec", old, rest));
        }
    }

    static void putBack(ObjectNode object, ObjectNode old, String field) {
        JsonNode value = old.get(field);
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value);
        }
    }
}
