package dev.longshore.docker;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Refuses a `HostConfig` that cannot be granted, whatever host this is: modes, security, names of what is not here.
/// The words are Docker's.
record HostChecks(ContainerConfig wanted) {

    private static final Set<String> RUNTIMES = Set.of("", "crun", "runc", "io.containerd.runc.v2");
    private static final Set<String> IPC = Set.of("", "none", "private", "shareable", "host");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*");
    private static final int LARGEST_SCORE = 1000;
    private static final Set<String> CAPABILITIES = Set.of(
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "AUDIT_WRITE",
            "BLOCK_SUSPEND",
            "BPF",
            "CHECKPOINT_RESTORE",
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "IPC_LOCK",
            "IPC_OWNER",
            "KILL",
            "LEASE",
            "LINUX_IMMUTABLE",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "MKNOD",
            "NET_ADMIN",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_RAW",
            "PERFMON",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYSLOG",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_CHROOT",
            "SYS_MODULE",
            "SYS_NICE",
            "SYS_PACCT",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "WAKE_ALARM");

    /// @throws EngineException for the first thing that is wrong
    void check() {
        modes();
        network();
        capabilities("CapAdd");
        capabilities("CapDrop");
        security();
        hosts();
        notHere();
        if (wanted.host().path("ShmSize").asLong(0) < 0) {
            throw EngineException.invalid("SHM size can not be less than 0");
        }
        long score = wanted.host().path("OomScoreAdj").asLong(0);
        if (Math.abs(score) > LARGEST_SCORE) {
            throw EngineException.invalid("Invalid value " + score + ", range for oom score adj is [-1000, 1000]");
        }
        for (String rule : wanted.hostList("DeviceCgroupRules")) {
            ContainerSpecs.rule(rule);
        }
        JsonFields.map(wanted.host().path("Annotations")).keySet().stream()
                .filter(String::isEmpty)
                .forEach(empty -> {
                    throw EngineException.invalid(
                            "invalid Annotations: the empty string is not permitted as an annotation key");
                });
        new LogConfig(wanted.host().path("LogConfig")).check();
    }

    private String text(String name) {
        return wanted.host().path(name).asString("");
    }

    private static boolean isOfContainer(String mode) {
        return mode.startsWith("container:") && mode.length() > "container:".length();
    }

    private void modes() {
        String ipc = text("IpcMode");
        if (!IPC.contains(ipc) && !isOfContainer(ipc)) {
            throw EngineException.invalid("invalid IPC mode: " + ipc);
        }
        String pid = text("PidMode");
        if (!Set.of("", "host").contains(pid) && !isOfContainer(pid)) {
            throw EngineException.invalid("invalid PID mode: " + pid);
        }
        one("UTSMode", "invalid UTS mode: ", Set.of("", "host"));
        one("UsernsMode", "invalid user namespace mode: ", Set.of("", "host"));
        one("CgroupnsMode", "invalid cgroup namespace mode: ", Set.of("", "host", "private"));
        String isolation = text("Isolation");
        if (!Set.of("", "default").contains(isolation)) {
            throw EngineException.invalid("invalid isolation '" + isolation + "' on linux");
        }
        if (text("UTSMode").equals("host") && wanted.isHostnameSaid()) {
            throw EngineException.invalid("conflicting options: hostname and the UTS mode");
        }
    }

    private void one(String name, String refusal, Set<String> known) {
        if (!known.contains(text(name))) {
            throw EngineException.invalid(refusal + text(name));
        }
    }

    private void network() {
        String mode = wanted.networkMode();
        boolean isShared = mode.startsWith("container:");
        if (isShared && !isOfContainer(mode)) {
            throw EngineException.invalid("invalid network mode: invalid container format container:<name|id>");
        }
        boolean hasLinks = !wanted.hostList("Links").isEmpty();
        if (hasLinks && (isShared || wanted.isOnHostNetwork())) {
            throw EngineException.invalid("conflicting options: "
                    + (isShared ? "container type network" : "host type networking")
                    + " can't be used with links. This would result in undefined behavior");
        }
        if (!isShared) {
            return;
        }
        refuse(wanted.isHostnameSaid(), "hostname and the network mode");
        refuse(!wanted.hostList("Dns").isEmpty(), "dns and the network mode");
        refuse(!wanted.hostList("ExtraHosts").isEmpty(), "custom host-to-IP mapping and the network mode");
        refuse(!wanted.config().path("MacAddress").asString("").isEmpty(), "mac-address and the network mode");
        refuse(
                !wanted.host().path("PortBindings").isEmpty()
                        || wanted.host().path("PublishAllPorts").asBoolean(false),
                "port publishing and the container type network mode");
    }

    private static void refuse(boolean isSaid, String conflict) {
        if (isSaid) {
            throw EngineException.invalid("conflicting options: " + conflict);
        }
    }

    private void capabilities(String list) {
        for (String name : wanted.hostList(list)) {
            String plain = name.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "");
            if (!plain.equals("ALL") && !CAPABILITIES.contains(plain)) {
                throw EngineException.invalid("invalid " + list + ": unknown capability: \"CAP_" + plain + "\"");
            }
        }
    }

    private void security() {
        for (String option : wanted.hostList("SecurityOpt")) {
            String[] parts = option.split("[=:]", 2);
            boolean isAlone = parts.length == 1;
            switch (parts[0]) {
                case "no-new-privileges" -> {
                    if (!isAlone && !Set.of("true", "false", "1", "0").contains(parts[1])) {
                        throw EngineException.invalid("invalid --security-opt 2: \"" + option + "\"");
                    }
                }
                case "disable" -> {}
                case "seccomp", "apparmor", "label", "systempaths", "writable-cgroups" -> {
                    if (isAlone) {
                        throw EngineException.invalid("invalid --security-opt 1: \"" + option + "\"");
                    }
                }
                default -> throw EngineException.invalid("invalid --security-opt 2: \"" + option + "\"");
            }
        }
    }

    private void hosts() {
        for (String entry : wanted.hostList("ExtraHosts")) {
            int split = EtcFiles.split(entry);
            if (split <= 0 || split == entry.length() - 1) {
                throw EngineException.invalid("bad format for add-host: \"" + entry + "\"");
            }
            String address = entry.substring(split + 1).replaceAll("^\\[|\\]$", "");
            if (!address.equals("host-gateway") && !ADDRESS.matcher(address).matches()) {
                throw EngineException.invalid("invalid IP address in add-host: \"" + address + "\"");
            }
        }
    }

    private void notHere() {
        if (!RUNTIMES.contains(text("Runtime"))) {
            throw EngineException.invalid("unknown or invalid runtime name: " + text("Runtime"));
        }
        if (!wanted.host().path("StorageOpt").isEmpty()) {
            throw EngineException.invalid(
                    "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
        }
        for (JsonNode request : wanted.host().path("DeviceRequests")) {
            String driver = request.path("Driver").asString("");
            List<String> sets = new java.util.ArrayList<>();
            request.path("Capabilities")
                    .forEach(set -> sets.add("[" + String.join(" ", JsonFields.strings(set)) + "]"));
            throw EngineException.invalid("could not select device driver \"" + driver + "\" with capabilities: ["
                    + String.join(" ", sets) + "]");
        }
    }
}
