package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be said of how a pod's containers are. One that has ended for good does not begin again.
record ContainerStatusChecks(Checks checks, ObjectNode pod, ObjectNode old) {

    private static final List<String> HEALTH = List.of("Healthy", "Unhealthy", "Unknown");
    private static final int MAX_MESSAGE = 1024;
    private static final String CLAIM = "claim:";

    /// Checks what follows upon what was.
    void transitions() {
        boolean mayBeAll = Restarts.mayBeAll(old.path("spec"));
        for (String list : List.of("containers", "initContainers")) {
            if (!mayBeAll) {
                transitions(list, true);
            }
        }
        transitions("ephemeralContainers", false);
    }

    private static String statuses(String list) {
        return list.substring(0, list.length() - 1) + "Statuses";
    }

    private void transitions(String list, boolean mayRestart) {
        String field = statuses(list);
        List<ObjectNode> before = Trees.list(old, "status", field);
        for (int i = 0; i < before.size(); i++) {
            JsonNode ended = Trees.at(before.get(i), "state", "terminated");
            String name = Trees.text(before.get(i), "name");
            if (!ended.isObject() || mayRestart && mayRestart(list, name, Trees.number(ended, 0, "exitCode"))) {
                continue;
            }
            String at = "status." + field + "[" + i + "].state";
            Trees.list(pod, "status", field).stream()
                    .filter(status -> Trees.text(status, "name").equals(name))
                    .filter(status -> !Trees.has(status, "state", "terminated"))
                    .limit(mayRestart ? 1 : Integer.MAX_VALUE)
                    .forEach(status -> checks.forbidden(at, "may not be transitioned to non-terminated state"));
        }
    }

    private boolean mayRestart(String list, String name, long exitCode) {
        return find(old, list, name)
                .filter(container -> Restarts.may(container, old.path("spec"), exitCode))
                .isPresent();
    }

    private static Optional<ObjectNode> find(JsonNode pod, String list, String name) {
        return Trees.list(pod, "spec", list).stream()
                .filter(container -> Trees.text(container, "name").equals(name))
                .findFirst();
    }

    /// Checks as whom they run.
    void users() {
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            Trees.each(pod.path("status"), "status", statuses(list), this::user);
        }
    }

    private void user(String at, ObjectNode container) {
        JsonNode linux = Trees.at(container, "user", "linux");
        String path = at + ".user.linux";
        String os = Trees.text(pod, "spec", "os", "name");
        if (!linux.isObject()) {
            return;
        }
        if (os.equals("windows")) {
            checks.forbidden(path, "cannot be set for a windows pod");
        } else {
            for (String field : List.of("uid", "gid")) {
                SecurityChecks.id(checks, path + "." + field, linux.path(field));
            }
            JsonNode groups = linux.path("supplementalGroups");
            for (int i = 0; i < groups.size(); i++) {
                SecurityChecks.id(checks, path + ".supplementalGroups[" + i + "]", groups.get(i));
            }
        }
    }

    /// Checks what is said of the health of their devices. Containers that only look in have none.
    void devices() {
        JsonNode status = pod.path("status");
        for (String list : List.of("containers", "initContainers")) {
            Trees.each(
                    status,
                    "status",
                    statuses(list),
                    (at, container) -> Trees.each(
                            container,
                            at,
                            "allocatedResourcesStatus",
                            (resourceAt, resource) ->
                                    devices(resourceAt, resource, find(pod, list, Trees.text(container, "name")))));
        }
        Trees.each(status, "status", "ephemeralContainerStatuses", (at, container) -> {
            if (!container.path("allocatedResourcesStatus").isEmpty()) {
                checks.forbidden(at + ".allocatedResourcesStatus", "must not be specified in container status");
            }
        });
    }

    private void devices(String at, ObjectNode resource, Optional<ObjectNode> container) {
        String name = Trees.text(resource, "name");
        container.ifPresent(spec -> {
            if (name.startsWith(CLAIM) ? !hasClaim(spec, name) : !Trees.has(spec, "resources", "requests", name)) {
                checks.invalid(
                        at + ".name",
                        name,
                        name.startsWith(CLAIM)
                                ? "must match one of the container's resource claims in a format"
                                        + " 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
                                : "must match one of the container's resource requests");
            }
        });
        var seen = new HashSet<String>();
        Trees.each(resource, at, "resources", (deviceAt, device) -> {
            checks.only(deviceAt + ".health", Trees.text(device, "health"), HEALTH);
            if (Trees.has(device, "message")) {
                if (Trees.text(device, "message").isEmpty()) {
                    checks.required(deviceAt + ".message", "must be non-empty if specified");
                }
                checks.tooLong(deviceAt + ".message", Trees.text(device, "message"), MAX_MESSAGE);
            }
            String id = Trees.text(device, "resourceID");
            if (!seen.add(id)) {
                checks.duplicate(deviceAt + ".resourceID", id);
            }
        });
    }

    private static boolean hasClaim(ObjectNode container, String name) {
        return Trees.list(container, "resources", "claims").stream().anyMatch(claim -> {
            String request = Trees.text(claim, "request");
            String shown = CLAIM + Trees.text(claim, "name") + (request.isEmpty() ? "" : "/" + request);
            return shown.equals(name);
        });
    }
}
