package dev.longshore.runtime.cri.server;

import dev.longshore.base.Digest;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.cri.proto.CDIDevice;
import dev.longshore.runtime.cri.proto.ContainerConfig;
import dev.longshore.runtime.cri.proto.KeyValue;
import dev.longshore.runtime.cri.proto.LinuxContainerSecurityContext;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.NamespaceOption;
import dev.longshore.runtime.cri.proto.Signal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Reads a container's configuration.
final class WantedContainer {

    /// Where the runtime looks for the names of devices that are not asked for by annotation: no annotation of the
    /// client's, and not told as one.
    static final String DEVICES = "cdi.k8s.io/longshore-cri";

    /// A kubelet moves logs aside itself, and says when to go on in a new one.
    private static final ContainerOptions.Log CALLERS = new ContainerOptions.Log(-1, 1);

    private final Function<String, Digest> images;
    private final Path unlogged;

    /// @param images finds an image that is present
    /// @param unlogged what stands for the log directory of sandboxes that have none
    WantedContainer(Function<String, Digest> images, Path unlogged) {
        this.images = images;
        this.unlogged = unlogged;
    }

    ContainerSpec of(ContainerConfig config, SandboxSpec sandbox) {
        if (!config.hasMetadata() || config.getMetadata().getName().isEmpty()) {
            throw Refusals.invalid("container config must include metadata with a name");
        }
        var context = config.getLinux().getSecurityContext();
        return new ContainerSpec(
                config.getMetadata().getName(),
                config.getMetadata().getAttempt(),
                images.apply(config.getImage().getImage()),
                config.getCommandList(),
                config.getArgsList(),
                environment(config.getEnvsList()),
                Optional.of(config.getWorkingDir()).filter(directory -> !directory.isEmpty()),
                new WantedMounts(images).of(config.getMountsList()),
                config.getLabelsMap(),
                annotations(config),
                WantedLimits.of(config.getLinux().getResources()),
                WantedRights.of(context),
                Path.of(isLogged(config, sandbox) ? config.getLogPath() : "none"),
                signal(config.getStopSignal()),
                config.getStdin(),
                config.getStdinOnce(),
                config.getTty(),
                options(config, sandbox));
    }

    private boolean isLogged(ContainerConfig config, SandboxSpec sandbox) {
        return !config.getLogPath().isEmpty() && !sandbox.logDirectory().equals(unlogged);
    }

    private ContainerOptions options(ContainerConfig config, SandboxSpec sandbox) {
        LinuxContainerSecurityContext context = config.getLinux().getSecurityContext();
        String named = WantedRights.namedUser(context);
        return new ContainerOptions(
                Optional.empty(),
                List.of(),
                named,
                named.isEmpty()
                        ? List.of()
                        : context.getSupplementalGroupsList().stream()
                                .map(String::valueOf)
                                .toList(),
                List.of(),
                config.getDevicesList().stream()
                        .map(device -> new ContainerOptions.Device(
                                Path.of(device.getHostPath()), device.getContainerPath(), device.getPermissions()))
                        .toList(),
                List.of(),
                WantedLimits.further(config.getLinux().getResources()),
                said(context.getMaskedPathsList()),
                said(context.getReadonlyPathsList()),
                namespaces(context.getNamespaceOptions(), sandbox),
                isLogged(config, sandbox) ? CALLERS : ContainerOptions.Log.NONE);
    }

    /// Containers have their sandbox's namespaces; of processes also those of another container.
    private static ContainerOptions.Namespaces namespaces(NamespaceOption wanted, SandboxSpec sandbox) {
        boolean isForeign = wanted.getNetwork() == NamespaceMode.NODE && !sandbox.hostNetwork()
                || wanted.getPid() == NamespaceMode.NODE && !sandbox.hostPid()
                || wanted.getIpc() == NamespaceMode.NODE && !sandbox.hostIpc();
        if (isForeign) {
            throw Refusals.invalid("a container has the host's namespaces only where its sandbox has them");
        }
        if (wanted.getPid() == NamespaceMode.CONTAINER && sandbox.sharePid()) {
            throw Refusals.invalid("a container has processes of its own only where its sandbox does not share them");
        }
        return wanted.getPid() == NamespaceMode.TARGET
                ? ContainerOptions.Namespaces.withProcessesOf(wanted.getTargetId())
                : ContainerOptions.Namespaces.USUAL;
    }

    private static Map<String, String> environment(List<KeyValue> said) {
        var environment = new LinkedHashMap<String, String>();
        said.forEach(one -> environment.put(one.getKey(), one.getValue()));
        return environment;
    }

    private static Map<String, String> annotations(ContainerConfig config) {
        var annotations = new HashMap<>(config.getAnnotationsMap());
        annotations.remove(DEVICES);
        if (config.getCDIDevicesCount() > 0) {
            annotations.put(
                    DEVICES,
                    config.getCDIDevicesList().stream().map(CDIDevice::getName).collect(Collectors.joining(",")));
        }
        return annotations;
    }

    private static Optional<List<String>> said(List<String> paths) {
        return paths.isEmpty() ? Optional.empty() : Optional.of(paths);
    }

    private static Optional<String> signal(Signal wanted) {
        return switch (wanted) {
            case RUNTIME_DEFAULT -> Optional.empty();
            case UNRECOGNIZED -> throw Refusals.invalid("unknown stop signal");
            default -> Optional.of(wanted.name().replace("PLUS", "+").replace("MINUS", "-"));
        };
    }
}
