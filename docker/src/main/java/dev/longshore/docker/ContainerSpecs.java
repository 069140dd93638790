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
import tools.jackson.databind.JsonNode;

/// What the runtime is to make of a container of the engine.
///
/// @param etc the files that it sees in /etc
/// @param pidNamespace the one to join, if it shares another container's
record ContainerSpecs(EngineContainer container, EtcFiles etc, Optional<Path> pidNamespace) {

    /// On every sandbox and container of the engine's: whose it is.
    static final String OWNER = "longshore.dev/engine-container";

    private static final long NANO_PERIOD = 100_000;
    private static final long NANO = 1_000_000_000L;
    private static final String INIT = "/sbin/docker-init";
    private static final List<Path> INITS = List.of(
            Path.of("/usr/bin/docker-init"),
            Path.of("/usr/libexec/docker/docker-init"),
            Path.of("/usr/bin/tini-static"),
            Path.of("/usr/bin/catatonit"));

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
                "engine/" + container.id(),
                ContainerResources.NONE,
                config.isOnHostNetwork(),
                config.host().path("PidMode").asString("").equals("host"),
                config.host().path("IpcMode").asString("").equals("host"),
                false,
                JsonFields.map(config.host().path("Sysctls")));
    }

    /// Its process.
    ContainerSpec process() throws IOException {
        ContainerConfig config = config();
        var command = new ArrayList<String>();
        if (config.host().path("Init").asBoolean(false)) {
            command.addAll(List.of(INIT, "--"));
        }
        command.addAll(config.entrypoint());
        command.addAll(config.command());
        Map<String, String> env = new LinkedHashMap<>();
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
                Map.of(),
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

    private List<ContainerSpec.Mount> mounts() {
        var all = new ArrayList<ContainerSpec.Mount>();
        all.add(ContainerSpec.Mount.bind(etc.hosts(), "/etc/hosts", false));
        all.add(ContainerSpec.Mount.bind(etc.hostname(), "/etc/hostname", false));
        all.add(ContainerSpec.Mount.bind(etc.resolver(), "/etc/resolv.conf", false));
        if (!config().host().path("IpcMode").asString("").equals("host")) {
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
            Path init = INITS.stream()
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> EngineException.invalid("exec: \"docker-init\": executable file not found in "
                            + "$PATH: install the package tini"));
            all.add(ContainerSpec.Mount.bind(init, INIT, true));
        }
        for (MountPoint mount : container.mounts()) {
            all.removeIf(own -> own.containerPath().equals(mount.destination()));
            all.add(mount(mount));
        }
        return all;
    }

    private static ContainerSpec.Mount mount(MountPoint mount) {
        return switch (mount.type()) {
            case TMPFS -> ContainerSpec.Mount.tmpfs(mount.destination(), mount.options());
            case VOLUME -> ContainerSpec.Mount.bind(Path.of(mount.source()), mount.destination(), !mount.isWritable());
            case BIND ->
                new ContainerSpec.Mount(
                        Optional.of(Path.of(mount.source())),
                        mount.destination(),
                        !mount.isWritable(),
                        switch (mount.propagation()) {
                            case "slave", "rslave" -> "rslave";
                            case "shared", "rshared" -> "rshared";
                            default -> "private";
                        });
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
                positive(host, "PidsLimit"),
                score.asLong(0) != 0 ? OptionalLong.of(score.asLong()) : OptionalLong.empty());
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
                case "apparmor", "label", "systempaths" -> mayGainPrivileges &= true;
                default -> throw EngineException.invalid("invalid --security-opt 2: \"" + option + "\"");
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
                host.path("CpusetCpus").asString(""),
                new ContainerOptions.Memory(
                        positive(host, "MemoryReservation"),
                        host.path("MemorySwap").asLong(0) == 0
                                ? OptionalLong.empty()
                                : OptionalLong.of(host.path("MemorySwap").asLong())),
                paths(host.path("MaskedPaths")),
                paths(host.path("ReadonlyPaths")),
                pidNamespace);
    }

    private static Optional<List<String>> paths(JsonNode list) {
        return list.isArray() ? Optional.of(JsonFields.strings(list)) : Optional.empty();
    }

    private static ContainerOptions.DeviceRule rule(String text) {
        String[] parts = text.split("[ :]");
        if (parts.length != 4) {
            throw EngineException.invalid("invalid device cgroup rule format: '" + text + "'");
        }
        return new ContainerOptions.DeviceRule(parts[0], parts[1], parts[2], parts[3]);
    }
}
