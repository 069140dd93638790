package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What security contexts must be like, of pods and of containers.
final class SecurityChecks {

    private static final long MAX_ID = Integer.MAX_VALUE;
    private static final int MAX_PROFILE = 4095;
    private static final int MAX_SYSCTL = 253;
    private static final String SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    private static final String SYSCTL_FORMAT = "^(" + SEGMENT + "[\\./])*" + SEGMENT + "$";
    private static final Pattern SYSCTL = Pattern.compile(SYSCTL_FORMAT);

    private final Checks checks;

    SecurityChecks(Checks checks) {
        this.checks = checks;
    }

    /// Checks a pod's context; some of it concerns other fields of `spec`.
    void pod(String path, JsonNode spec) {
        JsonNode context = spec.path("securityContext");
        String at = path + ".securityContext";
        id(checks, at + ".fsGroup", context.path("fsGroup"));
        id(checks, at + ".runAsUser", context.path("runAsUser"));
        id(checks, at + ".runAsGroup", context.path("runAsGroup"));
        JsonNode groups = context.path("supplementalGroups");
        for (int i = 0; i < groups.size(); i++) {
            id(checks, at + ".supplementalGroups[" + i + "]", groups.get(i));
        }
        if (Trees.flag(spec, "shareProcessNamespace") && Trees.flag(spec, "hostPID")) {
            checks.invalid(
                    at + ".shareProcessNamespace",
                    spec.path("shareProcessNamespace"),
                    "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        sysctls(at, context, spec);
        enumerated(at + ".fsGroupChangePolicy", context.path("fsGroupChangePolicy"), "Always", "OnRootMismatch");
        seccomp(at + ".seccompProfile", context.path("seccompProfile"));
        WindowsChecks.options(checks, at + ".windowsOptions", context.path("windowsOptions"));
        appArmor(at + ".appArmorProfile", context.path("appArmorProfile"));
        enumerated(at + ".supplementalGroupsPolicy", context.path("supplementalGroupsPolicy"), "Merge", "Strict");
        // Mounting with the label is off unless the gate SELinuxMount is opened.
        enumerated(at + ".seLinuxChangePolicy", context.path("seLinuxChangePolicy"), "Recursive");
    }

    private void enumerated(String at, JsonNode value, String... supported) {
        if (value.isString()) {
            if (value.asString().isEmpty()) {
                checks.unsupported(at, "", supported);
            }
            checks.anyOf(at, value.asString(), supported);
        }
    }

    /// Checks a container's context.
    void container(String at, JsonNode context, boolean hasHostUsers) {
        if (!context.isObject()) {
            return;
        }
        id(checks, at + ".runAsUser", context.path("runAsUser"));
        id(checks, at + ".runAsGroup", context.path("runAsGroup"));
        enumerated(at + ".procMount", context.path("procMount"), "Default", "Unmasked");
        if (hasHostUsers && Trees.text(context, "procMount").equals("Unmasked")) {
            checks.invalid(at + ".procMount", "Unmasked", "`hostUsers` must be false to use `Unmasked`");
        }
        seccomp(at + ".seccompProfile", context.path("seccompProfile"));
        escalation(at, context);
        WindowsChecks.options(checks, at + ".windowsOptions", context.path("windowsOptions"));
        appArmor(at + ".appArmorProfile", context.path("appArmorProfile"));
    }

    private void escalation(String at, JsonNode context) {
        boolean mayEscalate = context.path("allowPrivilegeEscalation").asBoolean(true);
        if (mayEscalate) {
            return;
        }
        if (Trees.flag(context, "privileged")) {
            JsonNode shown = InnerTypes.of("SecurityContext", context);
            checks.invalid(at, shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }
        if (Trees.strings(context, "capabilities", "add").contains("CAP_SYS_ADMIN")) {
            checks.invalid(
                    at,
                    InnerTypes.of("SecurityContext", context),
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }
    }

    /// Checks a user's or group's number.
    static void id(Checks checks, String at, JsonNode id) {
        if (id.isNumber() && (id.asLong() < 0 || id.asLong() > MAX_ID)) {
            checks.invalid(at, id.asLong(), "must be between 0 and 2147483647, inclusive");
        }
    }

    private void sysctls(String path, JsonNode context, JsonNode spec) {
        var seen = new HashSet<String>();
        Trees.each(context, path, "sysctls", (at, sysctl) -> {
            String name = Trees.text(sysctl, "name");
            if (name.isEmpty()) {
                checks.required(at + ".name");
            } else if (name.length() > MAX_SYSCTL || !SYSCTL.matcher(name).matches()) {
                checks.invalid(
                        at + ".name",
                        name,
                        "must have at most " + MAX_SYSCTL + " characters and match regex " + SYSCTL_FORMAT);
            } else if (seen.contains(name)) {
                checks.duplicate(at + ".name", name);
            }
            seen.add(name);
            checks.under(Tightened.HOST_SYSCTLS, () -> ofHost(at + ".name", name, spec));
        });
    }

    private void ofHost(String at, String name, JsonNode spec) {
        String dotted = name.replace('/', '.');
        if (Trees.flag(spec, "hostNetwork") && dotted.startsWith("net.")) {
            checks.invalid(at, name, "may not be specified when 'hostNetwork' is true");
        } else if (Trees.flag(spec, "hostIPC") && isOfIpc(dotted)) {
            checks.invalid(at, name, "may not be specified when 'hostIPC' is true");
        }
    }

    private static boolean isOfIpc(String name) {
        return name.startsWith("fs.mqueue.")
                || name.startsWith("kernel.shm")
                || name.startsWith("kernel.msg")
                || name.equals("kernel.sem");
    }

    private void seccomp(String at, JsonNode profile) {
        if (!(profile instanceof ObjectNode object)) {
            return;
        }
        String type = Trees.text(object, "type");
        if (type.isEmpty()) {
            checks.required(at + ".type", "type is required when seccompProfile is set");
        }
        checks.anyOf(at + ".type", type, "Localhost", "RuntimeDefault", "Unconfined");
        String local = at + ".localhostProfile";
        if (!type.equals("Localhost")) {
            if (Trees.has(object, "localhostProfile")) {
                checks.invalid(
                        local,
                        InnerTypes.of("SeccompProfile", object),
                        "can only be set when seccomp type is Localhost");
            }
        } else if (!Trees.has(object, "localhostProfile")) {
            checks.required(local, "must be set when seccomp type is Localhost");
        } else {
            PathChecks.descending(checks, local, Trees.text(object, "localhostProfile"));
        }
    }

    private void appArmor(String at, JsonNode profile) {
        if (!(profile instanceof ObjectNode object)) {
            return;
        }
        String local = at + ".localhostProfile";
        String name = Trees.text(object, "localhostProfile");
        String type = Trees.text(object, "type");
        switch (type) {
            case "Localhost" -> {
                if (!name.strip().equals(name)) {
                    checks.invalid(local, name, "must not be padded with whitespace");
                } else if (name.isEmpty()) {
                    checks.required(local, "must be set when AppArmor type is Localhost");
                }
                checks.tooLong(local, name, MAX_PROFILE);
            }
            case "RuntimeDefault", "Unconfined" -> {
                if (Trees.has(object, "localhostProfile")) {
                    checks.invalid(local, name, "can only be set when AppArmor type is Localhost");
                }
            }
            case "" -> checks.required(at + ".type", "type is required when appArmorProfile is set");
            default -> checks.unsupported(at + ".type", type, "Localhost", "RuntimeDefault", "Unconfined");
        }
    }
}
