package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may change through `pods/resize`: CPU and memory of containers and sidecars, and of the pod as a whole.
record ResizeChecks(Checks checks) {

    void check(ObjectNode pod, ObjectNode old) {
        if (Trees.has(old, "metadata", "annotations", AnnotationChecks.MIRROR)) {
            checks.forbidden("", "static pods cannot be resized");
            return;
        }
        if (Trees.text(old, "spec", "os", "name").equals("windows")) {
            checks.forbidden("", "windows pods cannot be resized");
            return;
        }
        ObjectNode now = Trees.object(pod, "spec").orElseGet(Json::object);
        ObjectNode before = Trees.object(old, "spec").orElseGet(Json::object);
        if (!Qos.of(now).equals(Qos.of(before))) {
            checks.invalid("spec", Qos.of(now), "Pod QOS Class may not change as a result of resizing");
        }
        if (!isSupported(old)) {
            checks.forbidden("spec", "Pod running on node without support for resize");
        }
        removals("spec.resources", now.path("resources"), before.path("resources"));
        boolean isSame = true;
        for (String list : List.of("initContainers", "containers")) {
            isSame &= containers(list, now, before);
        }
        if (isSame && !fixed(now).equals(fixed(before))) {
            checks.forbidden("spec", "only cpu and memory resources are mutable");
        }
    }

    /// What runs must have told how much it has: a kubelet that does not tell cannot resize.
    private static boolean isSupported(ObjectNode pod) {
        for (ObjectNode status : Trees.list(pod, "status", "containerStatuses")) {
            if (Trees.has(status, "state", "running")) {
                return Trees.has(status, "resources");
            }
        }
        return true;
    }

    private boolean containers(String list, ObjectNode now, ObjectNode before) {
        List<ObjectNode> containers = Trees.list(now, list);
        List<ObjectNode> olds = Trees.list(before, list);
        if (containers.size() != olds.size()) {
            checks.forbidden("spec", "only cpu and memory resources are mutable");
            return false;
        }
        int found = checks.count();
        for (int i = 0; i < olds.size(); i++) {
            ObjectNode old = olds.get(i);
            boolean isSidecar = Trees.text(old, "restartPolicy").equals("Always");
            boolean isInit = list.equals("initContainers");
            if (isInit && !isSidecar) {
                if (!Trees.pruned(containers.get(i)).equals(Trees.pruned(old))) {
                    checks.forbidden("spec", "resources for non-sidecar init containers are immutable");
                }
                continue;
            }
            removals(
                    "spec." + list + "[" + i + "].resources",
                    containers.get(i).path("resources"),
                    old.path("resources"));
            if (!Trees.pruned(fixedContainer(containers.get(i))).equals(Trees.pruned(fixedContainer(old)))) {
                checks.forbidden(
                        "spec",
                        isInit
                                ? "only cpu and memory resources for sidecar containers are mutable"
                                : "only cpu and memory resources are mutable");
            }
        }
        return checks.count() == found;
    }

    private void removals(String at, JsonNode now, JsonNode before) {
        for (String list : List.of("requests", "limits")) {
            for (String name : before.path(list).propertyNames()) {
                if (!now.path(list).has(name)) {
                    checks.forbidden(at + "." + list, "resource " + list + " cannot be removed");
                    break;
                }
            }
        }
    }

    private static ObjectNode fixedContainer(ObjectNode container) {
        ObjectNode copy = container.deepCopy();
        copy.remove("resizePolicy");
        dropAmounts(copy);
        return copy;
    }

    private static void dropAmounts(ObjectNode holder) {
        for (String list : List.of("requests", "limits")) {
            if (Trees.at(holder, "resources", list) instanceof ObjectNode amounts) {
                amounts.remove(List.of("cpu", "memory"));
            }
        }
    }

    private static JsonNode fixed(ObjectNode spec) {
        ObjectNode copy = spec.deepCopy();
        dropAmounts(copy);
        copy.remove(List.of("containers", "initContainers"));
        return Trees.pruned(copy);
    }
}
