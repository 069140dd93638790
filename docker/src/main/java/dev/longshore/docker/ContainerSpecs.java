package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What the runtime is to make of a container of the engine.
///
/// @param etc the files that it sees in /etc
/// @param pidNamespace the one to join, if it shares another container's
/// @param ipcOf the sandbox whose shared memory it uses, if it uses another container's
/// @param linked variables that come with links; the container's own win
record ContainerSpecs(
        EngineContainer container,
        EtcFiles etc,
        Optional<Path> pidNamespace,
        Optional<String> ipcOf,
        Map<String, String> linked) {

    /// On every sandbox and container of the engine's: whose it is.
    static final String OWNER = "longshore.dev/engine-container";

    private static final long NANO_PERIOD = 100_000;
    private static final long NANO = 1_000_000_000L;
    private static final Map<String, ContainerOptions.Throttle.Direction> THROTTLES = Map.of(
            "BlkioDeviceReadBps", ContainerOptions.Throttle.Direction.READ_BYTES,
            "BlkioDeviceWriteBps", ContainerOptions.Throttle.Direction.WRITE_BYTES,
            "BlkioDeviceReadIOps", ContainerOptions.Throttle.Direction.READ_OPERATIONS,
            "BlkioDeviceWriteIOps", ContainerOptions.Throttle.Direction.WRITE_OPERATIONS);
    private static final Pattern RULE = Pattern.compile("[acb] ([0-9]+|\\*):([0-9]+|\\*) [rwm]{1,3}");

    /// Its namespaces and cgroup.
    SandboxSpec sandbox(String hostname) {
        ContainerConfig config = config();
        return new SandboxSpec(
                container.name(),
                "engine",
                container.id(),
                0,
                hostname,
                Map.of(OWNER, container.id()),
                Map.of(),
                container.logFile().getParent(),
                new SandboxSpec.DnsConfig(List.of(), List.of(), List.of()),
                List.of(),
                cgroup(),
                ContainerResources.NONE,
                config.isOnHostNetwork(),
                config.host().path("PidMode").asString("").equals("host"),
                config.host().path("IpcMode").asString("").equals("host"),
                false,
                JsonFields.map(config.host().path("Sysctls")));
    }

    // `--cgroup-parent` is below the cluster's own cgroup: what is elsewhere would stay behind.
    private String cgroup() {
        Path parent =
                Path.of("/", config().host().path("CgroupParent").asString("")).normalize();
        return "engine" + (parent.getNameCount() == 0 ? "" : parent) + "/" + container.id();
    }

    /// Its process.
    ContainerSpec process() throws IOException {
        ContainerConfig config = config();
        var command = new ArrayList<String>();
        if (config.host().path("Init").asBoolean(false)) {
            command.addAll(List.of(Init.INSIDE, "--"));
        }
        command.addAll(config.entrypoint());
        command.addAll(config.command());
        Map<String, String> env = new LinkedHashMap<>(linked);
        for (String entry : config.env()) {
            int equals = entry.indexOf('=');
            env.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        Digest image = container.image();
        return new ContainerSpec(
                container.name(),
                0,
                image,
                command,
                List.of(),
                env,
                Optional.of(config.config().path("WorkingDir").asString("")).filter(path -> !path.isEmpty()),
                mounts(),
                Map.of(OWNER, container.id()),
                JsonFields.map(config.host().path("Annotations")),
                resources(config.host()),
                security(),
                container.logFile().getFileName(),
                Optional.of(config.stopSignal()).filter(signal -> !signal.isEmpty()),
                config.openStdin(),
                config.stdinOnce() && !config.tty(),
                config.tty(),
                options());
    }

    private ContainerConfig config() {
        return container.config();
    }

    private List<ContainerSpec.Mount> mounts() throws IOException {
        var all = new ArrayList<ContainerSpec.Mount>();
        all.add(ContainerSpec.Mount.bind(etc.hosts(), "/etc/hosts", false));
        all.add(ContainerSpec.Mount.bind(etc.hostname(), "/etc/hostname", false));
        all.add(ContainerSpec.Mount.bind(etc.resolver(), "/etc/resolv.conf", false));
        String ipc = config().host().path("IpcMode").asString("");
        boolean isShared = ipc.equals("host")
                || ipc.equals("shareable")
                || !config().ipcOf().isEmpty();
        if (!isShared) {
            all.add(ContainerSpec.Mount.tmpfs(
                    "/dev/shm",
                    List.of(
                            "nosuid",
                            "noexec",
                            "nodev",
                            "mode=1777",
                            "size=" + config().host().path("ShmSize").asLong())));
        }
        if (config().host().path("Init").asBoolean(false)) {
            all.add(ContainerSpec.Mount.bind(Init.require(), Init.INSIDE, true));
        }
        for (MountPoint mount : container.mounts()) {
            all.removeIf(own -> own.containerPath().equals(mount.destination()));
            all.add(mount(mount));
        }
        return all;
    }

    private static ContainerSpec.Mount mount(MountPoint mount) throws IOException {
        return switch (mount.type()) {
            case TMPFS -> ContainerSpec.Mount.tmpfs(mount.destination(), mount.options());
            case VOLUME, BIND ->
                new ContainerSpec.Mount(
                        Optional.of(mount.path()),
                        mount.destination(),
                        !mount.isWritable(),
                        switch (mount.propagation()) {
                            case "slave", "rslave" -> "rslave";
                            case "shared", "rshared" -> "rshared";
                            default -> "private";
                        },
                        mount.options());
        };
    }

    /// The limits in `host`, a `HostConfig` or an update of one.
    static ContainerResources resources(JsonNode host) {
        OptionalLong quota = positive(host, "CpuQuota");
        OptionalLong period = positive(host, "CpuPeriod");
        long nanos = host.path("NanoCpus").asLong(0);
        if (nanos > 0) {
            period = OptionalLong.of(NANO_PERIOD);
            quota = OptionalLong.of(Math.max(1, nanos * NANO_PERIOD / NANO));
        }
        JsonNode score = host.path("OomScoreAdj");
        return new ContainerResources(
                positive(host, "CpuShares"),
                quota,
                period,
                positive(host, "Memory"),
                pids(host),
                score.asLong(0) != 0 ? OptionalLong.of(score.asLong()) : OptionalLong.empty());
    }

    // Negative for no limit, which an update may ask for.
    private static OptionalLong pids(JsonNode host) {
        long value = host.path("PidsLimit").asLong(0);
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(-1, value));
    }

    private static OptionalLong positive(JsonNode host, String name) {
        long value = host.path(name).asLong(0);
        return value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
    }

    private ContainerSecurity security() throws IOException {
        ContainerConfig config = config();
        boolean mayGainPrivileges = true;
        String seccomp = "RuntimeDefault";
        for (String option : config.hostList("SecurityOpt")) {
            String[] parts = option.split("[=:]", 2);
            switch (parts[0]) {
                case "no-new-privileges" -> mayGainPrivileges = parts.length == 2 && parts[1].equals("false");
                case "seccomp" -> seccomp = seccomp(parts.length == 2 ? parts[1] : "");
                // AppArmor, SELinux and the like, which this host does not have, and hidden paths, which come apart.
                default -> {}
            }
        }
        return new ContainerSecurity(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                config.privileged(),
                config.host().path("ReadonlyRootfs").asBoolean(false),
                mayGainPrivileges,
                config.hostList("CapAdd"),
                config.hostList("CapDrop"),
                seccomp,
                false);
    }

    // The client sends the profile itself.
    private String seccomp(String profile) throws IOException {
        if (profile.equals("unconfined")) {
            return "Unconfined";
        }
        if (profile.isEmpty() || profile.equals("builtin")) {
            return "RuntimeDefault";
        }
        Path file = container.directory().resolve("seccomp.json");
        Files.writeString(file, profile);
        return file.toString();
    }

    private ContainerOptions options() {
        JsonNode host = config().host();
        var ulimits = new ArrayList<ContainerOptions.Ulimit>();
        host.path("Ulimits")
                .forEach(limit -> ulimits.add(new ContainerOptions.Ulimit(
                        limit.path("Name").asString(""),
                        limit.path("Soft").asLong(0),
                        limit.path("Hard").asLong(0))));
        var devices = new ArrayList<ContainerOptions.Device>();
        host.path("Devices").forEach(device -> {
            String permissions = device.path("CgroupPermissions").asString("");
            devices.add(new ContainerOptions.Device(
                    Path.of(device.path("PathOnHost").asString("")),
                    device.path("PathInContainer").asString(""),
                    permissions.isEmpty() ? "rwm" : permissions));
        });
        List<String> groups = JsonFields.strings(host.path("GroupAdd"));
        String user = config().config().path("User").asString("");
        return new ContainerOptions(
                Optional.of(container.upper().getParent()),
                List.of(container.directory().resolve("init")),
                user.isEmpty() ? "0" : user,
                groups,
                ulimits,
                devices,
                config().hostList("DeviceCgroupRules").stream()
                        .map(ContainerSpecs::rule)
                        .toList(),
                limits(host),
                paths(host.path("MaskedPaths")),
                paths(host.path("ReadonlyPaths")),
                new ContainerOptions.Namespaces(
                        pidNamespace,
                        Optional.empty(),
                        ipcOf,
                        host.path("UTSMode").asString("").equals("host"),
                        host.path("CgroupnsMode").asString("").equals("private"),
                        positive(host, "ShmSize")),
                new LogConfig(host.path("LogConfig")).kept());
    }

    /// Further limits in `host`, a `HostConfig` or an update of one.
    static ContainerOptions.Limits limits(JsonNode host) {
        var throttles = new ArrayList<ContainerOptions.Throttle>();
        THROTTLES.forEach((list, direction) -> host.path(list)
                .forEach(throttle -> throttles.add(new ContainerOptions.Throttle(
                        Path.of(throttle.path("Path").asString("")),
                        direction,
                        throttle.path("Rate").asLong(0)))));
        long swap = host.path("MemorySwap").asLong(0);
        return new ContainerOptions.Limits(
                host.path("CpusetCpus").asString(""),
                host.path("CpusetMems").asString(""),
                positive(host, "MemoryReservation"),
                swap == 0 ? OptionalLong.empty() : OptionalLong.of(swap),
                HostAbilities.HERE.weighsBlocks() ? positive(host, "BlkioWeight") : OptionalLong.empty(),
                throttles);
    }

    private static Optional<List<String>> paths(JsonNode list) {
        return list.isArray() ? Optional.of(JsonFields.strings(list)) : Optional.empty();
    }

    /// A rule of `--device-cgroup-rule`.
    static ContainerOptions.DeviceRule rule(String text) {
        if (!RULE.matcher(text).matches()) {
            throw EngineException.invalid("invalid device cgroup rule format: '" + text + "'");
        }
        String[] parts = text.split("[ :]");
        return new ContainerOptions.DeviceRule(parts[0], parts[1], parts[2], parts[3]);
    }
}
