package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a pod may say when it says for which operating system it is.
record OsChecks(Checks checks, String path) {

    private static final String NOT_ON_WINDOWS = "cannot be set for a windows pod";
    private static final String OWN_USERS = "when `hostUsers` is false";
    private static final String CONTEXT = "securityContext.";
    /// In the order in which they are looked at: some stand in the security context, some beside it.
    private static final List<String> POD_FIELDS = List.of(
            CONTEXT + "appArmorProfile",
            CONTEXT + "seLinuxOptions",
            "hostUsers",
            "hostPID",
            "hostIPC",
            CONTEXT + "seccompProfile",
            CONTEXT + "fsGroup",
            CONTEXT + "fsGroupChangePolicy",
            CONTEXT + "sysctls",
            "shareProcessNamespace",
            CONTEXT + "runAsUser",
            CONTEXT + "runAsGroup",
            CONTEXT + "supplementalGroups",
            CONTEXT + "supplementalGroupsPolicy",
            CONTEXT + "seLinuxChangePolicy");
    private static final List<String> CONTAINER_FIELDS = List.of(
            "appArmorProfile",
            "seLinuxOptions",
            "seccompProfile",
            "capabilities",
            "readOnlyRootFilesystem",
            "privileged",
            "allowPrivilegeEscalation",
            "procMount",
            "runAsUser",
            "runAsGroup");

    void check(JsonNode spec) {
        if (!Trees.has(spec, "os")) {
            return;
        }
        String name = Trees.text(spec, "os", "name");
        switch (name) {
            case "" -> checks.required(path + ".os.name");
            case "linux" -> linux(spec);
            case "windows" -> windows(spec);
            default -> checks.unsupported(path + ".os", name, "linux", "windows");
        }
    }

    private void linux(JsonNode spec) {
        String detail = "windows options cannot be set for a linux pod";
        if (Trees.has(spec, "securityContext", "windowsOptions")) {
            checks.forbidden(path + ".securityContext.windowsOptions", detail);
        }
        PodLists.each(path, spec, (at, container) -> {
            if (Trees.has(container, "securityContext", "windowsOptions")) {
                checks.forbidden(at + ".securityContext.windowsOptions", detail);
            }
        });
    }

    private void windows(JsonNode spec) {
        for (String field : POD_FIELDS) {
            JsonNode value = Trees.at(spec, field.split("\\."));
            boolean isShared = field.equals("hostPID") || field.equals("hostIPC");
            boolean isSet = !value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty());
            if (isShared ? value.asBoolean(false) : isSet) {
                checks.forbidden(path + "." + field, NOT_ON_WINDOWS);
            }
        }
        PodLists.each(path, spec, (at, container) -> {
            for (String field : CONTAINER_FIELDS) {
                if (Trees.has(container, "securityContext", field)) {
                    checks.forbidden(at + ".securityContext." + field, NOT_ON_WINDOWS);
                }
            }
        });
    }

    /// A pod with users of its own keeps away from the host's other namespaces.
    void hostUsers(JsonNode spec) {
        if (spec.path("hostUsers").asBoolean(true)) {
            return;
        }
        if (Trees.flag(spec, "hostNetwork")) {
            checks.forbidden(path + ".hostNetwork", OWN_USERS);
        }
        if (Trees.flag(spec, "hostPID")) {
            checks.forbidden(path + ".HostPID", OWN_USERS);
        }
        if (Trees.flag(spec, "hostIPC")) {
            checks.forbidden(path + ".HostIPC", OWN_USERS);
        }
        checks.under(
                Tightened.OWN_USERS_DEVICES,
                () -> PodLists.each(path, spec, (at, container) -> {
                    if (!container.path("volumeDevices").isEmpty()) {
                        checks.forbidden(at + ".volumeDevices", OWN_USERS);
                    }
                }));
    }
}
