package dev.longshore.runtime.cri.server;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.IdRange;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.cri.proto.IDMapping;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.PodSandboxConfig;
import dev.longshore.runtime.cri.proto.PortMapping;
import dev.longshore.runtime.cri.proto.Protocol;
import dev.longshore.runtime.cri.proto.RunPodSandboxRequest;
import dev.longshore.runtime.cri.proto.UserNamespace;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Reads a sandbox's configuration. There is no process of the sandbox's own, so what it says of that process' user,
/// rights and system calls has nobody to hold for. Limits of the pod as a whole are whose who made the group that it
/// names.
final class WantedSandbox {

    private static final int UNIQUE = 8;

    private final CriServer.Settings settings;
    private final RandomGenerator randomness;

    WantedSandbox(CriServer.Settings settings, RandomGenerator randomness) {
        this.settings = settings;
        this.randomness = randomness;
    }

    SandboxSpec of(RunPodSandboxRequest request) {
        PodSandboxConfig config = request.getConfig();
        var meta = config.getMetadata();
        if (!config.hasMetadata() || meta.getName().isEmpty()) {
            throw Refusals.invalid("sandbox config must include metadata with a name");
        }
        var context = config.getLinux().getSecurityContext();
        var namespaces = context.getNamespaceOptions();
        boolean hasHostNetwork = namespaces.getNetwork() == NamespaceMode.NODE;
        return new SandboxSpec(
                meta.getName(),
                meta.getNamespace(),
                meta.getUid(),
                meta.getAttempt(),
                config.getHostname().isEmpty() ? settings.hostname() : config.getHostname(),
                config.getLabelsMap(),
                config.getAnnotationsMap(),
                config.getLogDirectory().isEmpty() ? settings.unlogged() : absolute(config.getLogDirectory()),
                new SandboxSpec.DnsConfig(
                        config.getDnsConfig().getServersList(),
                        config.getDnsConfig().getSearchesList(),
                        config.getDnsConfig().getOptionsList()),
                config.getPortMappingsList().stream()
                        .filter(port -> port.getHostPort() > 0)
                        .map(WantedSandbox::port)
                        .toList(),
                group(config.getLinux().getCgroupParent()),
                ContainerResources.NONE,
                hasHostNetwork,
                namespaces.getPid() == NamespaceMode.NODE,
                namespaces.getIpc() == NamespaceMode.NODE,
                namespaces.getPid() == NamespaceMode.POD,
                config.getLinux().getSysctlsMap(),
                namespaces.hasUsernsOptions() ? users(namespaces.getUsernsOptions()) : Optional.empty(),
                request.getRuntimeHandler());
    }

    /// Where the sandbox's group is, below the cluster's: one of its own, since another attempt of the same pod may
    /// have the same parent.
    private String group(String parent) {
        if (parent.endsWith(".slice")) {
            throw Refusals.invalid(
                    "cgroup parent \"%s\" is systemd's: this runtime's cgroup driver is cgroupfs".formatted(parent));
        }
        String path = Path.of("/", parent).normalize().toString().substring(1);
        String own = settings.cgroup() + "/";
        path = path.startsWith(own) ? path.substring(own.length()) : path;
        byte[] unique = new byte[UNIQUE];
        randomness.nextBytes(unique);
        return (path.isEmpty() ? "pods" : path) + "/sandbox-" + HexFormat.of().formatHex(unique);
    }

    private static Optional<IdRange> users(UserNamespace wanted) {
        return switch (wanted.getMode()) {
            case NODE -> Optional.empty();
            case POD -> Optional.of(range(wanted.getUidsList(), wanted.getGidsList()));
            case CONTAINER, TARGET, UNRECOGNIZED ->
                throw Refusals.invalid("unsupported user namespace mode: " + wanted.getMode());
        };
    }

    private static IdRange range(List<IDMapping> uids, List<IDMapping> gids) {
        if (uids.size() != 1 || !uids.equals(gids)) {
            throw Refusals.invalid("a user namespace needs one mapping of users, and the same of groups");
        }
        IDMapping mapping = uids.getFirst();
        if (mapping.getContainerId() != 0) {
            throw Refusals.invalid("the mapping of a user namespace must begin with container id 0");
        }
        return new IdRange(Integer.toUnsignedLong(mapping.getHostId()), Integer.toUnsignedLong(mapping.getLength()));
    }

    private static SandboxSpec.PortMapping port(PortMapping wanted) {
        if (wanted.getProtocol() == Protocol.UNRECOGNIZED) {
            throw Refusals.invalid("unknown protocol of port " + wanted.getHostPort());
        }
        return new SandboxSpec.PortMapping(
                wanted.getHostPort(),
                wanted.getContainerPort(),
                wanted.getProtocol().name().toLowerCase(Locale.ROOT),
                Optional.of(wanted.getHostIp()).filter(address -> !address.isEmpty()));
    }

    private static Path absolute(String directory) {
        Path path = Path.of(directory);
        if (!path.isAbsolute()) {
            throw Refusals.invalid("log directory \"%s\" is not absolute".formatted(directory));
        }
        return path.normalize();
    }
}
