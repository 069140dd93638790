package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may change through `pods/resize`: CPU and memory of containers, and of the pod as a whole. More may be asked
/// for than before; what is asked for already may not be taken out.
final class ResizeChecks {

    private static final String ONLY_AMOUNTS = "only cpu and memory resources are mutable";
    private static final List<String> LISTS = List.of("containers", "initContainers");

    private final Checks checks;
    private final ObjectNode pod;
    private final ObjectNode old;
    private final ObjectNode now;
    private final ObjectNode before;

    ResizeChecks(Checks checks, ObjectNode pod, ObjectNode old) {
        this.checks = checks;
        this.pod = pod;
        this.old = old;
        this.now = Trees.object(pod, "spec").orElseGet(Json::object);
        this.before = Trees.object(old, "spec").orElseGet(Json::object);
    }

    void check() {
        if (Trees.has(old, "metadata", "annotations", AnnotationChecks.MIRROR)) {
            checks.forbidden("", "static pods cannot be resized");
            return;
        }
        if (Trees.text(old, "spec", "os", "name").equals("windows")) {
            checks.forbidden("", "windows pods cannot be resized");
            return;
        }
        PodChecks.pod(checks, pod);
        checks.forgive(past -> PodChecks.pod(past, old));
        String quality = Trees.text(old, "status", "qosClass");
        if (!Qos.of(now).equals(quality.isEmpty() ? Qos.of(before) : quality)) {
            checks.invalid(
                    "spec",
                    Trees.text(pod, "status", "qosClass"),
                    "Pod QOS Class may not change as a result of resizing");
        }
        if (!isSupported()) {
            checks.forbidden("spec", "Pod running on node without support for resize");
        }
        ofPod();
        if (!Trees.at(old, "status", "nodeAllocatableResourceClaimStatuses").isEmpty()) {
            checks.forbidden("spec", "pods with node allocatable resource claims cannot be resized");
        }
        if (hasSameContainers()) {
            removals();
            regular();
            initial();
            rest();
        }
    }

    /// What runs must have told how much it has: a kubelet that does not tell cannot resize.
    private boolean isSupported() {
        for (ObjectNode status : Trees.list(old, "status", "containerStatuses")) {
            if (Trees.has(status, "state", "running")) {
                return Trees.has(status, "resources");
            }
        }
        return true;
    }

    private void ofPod() {
        JsonNode present = now.path("resources");
        JsonNode past = before.path("resources");
        if (!hasAmounts(present) && !hasAmounts(past)) {
            return;
        }
        if (past.isObject() && !present.isObject()) {
            checks.forbidden("spec.resources", "pod-level resources cannot be removed");
            return;
        }
        removed("spec.resources", present, past, "pod-level resource ");
        if (!Trees.pruned(masked(present, past)).equals(Trees.pruned(past))) {
            checks.forbidden("spec", ONLY_AMOUNTS + " at pod-level");
        }
    }

    private static boolean hasAmounts(JsonNode resources) {
        return !resources.path("requests").isEmpty()
                || !resources.path("limits").isEmpty();
    }

    private boolean hasSameContainers() {
        int found = checks.count();
        for (String list : LISTS) {
            List<ObjectNode> present = Trees.list(now, list);
            List<ObjectNode> past = Trees.list(before, list);
            String at = "spec." + list;
            if (present.size() != past.size()) {
                checks.forbidden(at, list + " may not be added or removed on resize");
                continue;
            }
            for (int i = 0; i < past.size(); i++) {
                if (!Trees.text(present.get(i), "name").equals(Trees.text(past.get(i), "name"))) {
                    checks.forbidden(at + "[" + i + "].name", list + " may not be renamed or reordered on resize");
                }
            }
        }
        return checks.count() == found;
    }

    private void removals() {
        for (String list : LISTS.reversed()) {
            List<ObjectNode> past = Trees.list(before, list);
            for (int i = 0; i < past.size(); i++) {
                removed(
                        "spec." + list + "[" + i + "].resources",
                        Trees.list(now, list).get(i).path("resources"),
                        past.get(i).path("resources"),
                        "resource ");
            }
        }
    }

    private void removed(String at, JsonNode present, JsonNode past, String what) {
        for (String list : List.of("requests", "limits")) {
            boolean isRemoved = past.path(list).propertyNames().stream()
                    .anyMatch(name -> !present.path(list).has(name));
            if (isRemoved) {
                checks.forbidden(at + "." + list, what + list + " cannot be removed");
            }
        }
    }

    private void regular() {
        List<ObjectNode> past = Trees.list(before, "containers");
        for (int i = 0; i < past.size(); i++) {
            if (!isSameButAmounts(Trees.list(now, "containers").get(i), past.get(i))) {
                checks.forbidden("spec", ONLY_AMOUNTS);
            }
        }
    }

    private void initial() {
        List<ObjectNode> past = Trees.list(before, "initContainers");
        for (int i = 0; i < past.size(); i++) {
            String at = "spec.initContainers[" + i + "]";
            ObjectNode container = Trees.list(now, "initContainers").get(i);
            if (!isSameButAmounts(container, past.get(i))) {
                checks.forbidden(at, "only cpu and memory resources for init or sidecar containers are mutable");
            }
            boolean isChanged = !Trees.pruned(container).equals(Trees.pruned(past.get(i)));
            if (isChanged && !Trees.text(container, "restartPolicy").equals("Always")) {
                Trees.list(container, "resizePolicy").stream()
                        .filter(policy -> Trees.text(policy, "restartPolicy").equals("RestartContainer"))
                        .forEach(policy -> checks.forbidden(
                                at,
                                "non-sidecar init containers with a resize policy of RestartContainer cannot be"
                                        + " resized"));
            }
        }
    }

    private static boolean isSameButAmounts(ObjectNode container, ObjectNode past) {
        ObjectNode copy = container.deepCopy();
        ObjectNode resources = masked(container.path("resources"), past.path("resources"));
        // As the original does: a container with claims of devices is never the same.
        resources.remove("claims");
        copy.set("resources", resources);
        return Trees.pruned(copy).equals(Trees.pruned(past));
    }

    /// `resources` with the CPU and the memory of `past`.
    private static ObjectNode masked(JsonNode resources, JsonNode past) {
        ObjectNode copy = resources instanceof ObjectNode object ? object.deepCopy() : Json.object();
        for (String list : List.of("requests", "limits")) {
            ObjectNode amounts = Trees.object(copy, list).orElseGet(Json::object);
            for (String name : List.of("cpu", "memory")) {
                amounts.remove(name);
                if (past.path(list).has(name)) {
                    amounts.set(name, past.path(list).path(name));
                }
            }
            copy.set(list, amounts);
        }
        return copy;
    }

    private void rest() {
        if (checks.count() > 0) {
            return;
        }
        ObjectNode present = now.deepCopy();
        ObjectNode past = before.deepCopy();
        List<String> looked = List.of("containers", "initContainers", "resources");
        if (!Trees.pruned(present.remove(looked)).equals(Trees.pruned(past.remove(looked)))) {
            checks.forbidden("spec", ONLY_AMOUNTS);
        }
    }
}
