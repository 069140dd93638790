package dev.longshore.runtime.cri.server;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.ContainerUser;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.proto.Container;
import dev.longshore.runtime.cri.proto.ContainerMetadata;
import dev.longshore.runtime.cri.proto.ContainerResources;
import dev.longshore.runtime.cri.proto.ContainerState;
import dev.longshore.runtime.cri.proto.ImageSpec;
import dev.longshore.runtime.cri.proto.LinuxContainerUser;
import dev.longshore.runtime.cri.proto.LinuxPodSandboxStatus;
import dev.longshore.runtime.cri.proto.Mount;
import dev.longshore.runtime.cri.proto.MountPropagation;
import dev.longshore.runtime.cri.proto.Namespace;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.NamespaceOption;
import dev.longshore.runtime.cri.proto.PodIP;
import dev.longshore.runtime.cri.proto.PodSandbox;
import dev.longshore.runtime.cri.proto.PodSandboxMetadata;
import dev.longshore.runtime.cri.proto.PodSandboxNetworkStatus;
import dev.longshore.runtime.cri.proto.PodSandboxState;
import dev.longshore.runtime.cri.proto.PodSandboxStatus;
import dev.longshore.runtime.cri.proto.Signal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is, as CRI tells it.
final class Told {

    private final Images images;

    Told(Images images) {
        this.images = images;
    }

    static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    static PodSandbox listed(SandboxStatus sandbox) {
        return PodSandbox.newBuilder()
                .setId(sandbox.id())
                .setMetadata(metadata(sandbox.spec()))
                .setState(state(sandbox))
                .setCreatedAt(nanos(sandbox.createdAt()))
                .putAllLabels(sandbox.spec().labels())
                .putAllAnnotations(sandbox.spec().annotations())
                .setRuntimeHandler(sandbox.spec().runtimeHandler())
                .build();
    }

    static PodSandboxStatus status(SandboxStatus sandbox) {
        var network = PodSandboxNetworkStatus.newBuilder();
        if (!sandbox.addresses().isEmpty()) {
            network.setIp(sandbox.addresses().getFirst());
            sandbox.addresses().stream()
                    .skip(1)
                    .forEach(address ->
                            network.addAdditionalIps(PodIP.newBuilder().setIp(address)));
        }
        return PodSandboxStatus.newBuilder()
                .setId(sandbox.id())
                .setMetadata(metadata(sandbox.spec()))
                .setState(state(sandbox))
                .setCreatedAt(nanos(sandbox.createdAt()))
                .setNetwork(network)
                .setLinux(LinuxPodSandboxStatus.newBuilder()
                        .setNamespaces(Namespace.newBuilder().setOptions(namespaces(sandbox.spec()))))
                .putAllLabels(sandbox.spec().labels())
                .putAllAnnotations(sandbox.spec().annotations())
                .setRuntimeHandler(sandbox.spec().runtimeHandler())
                .build();
    }

    /// Beyond CRI, for people.
    static Map<String, String> info(SandboxStatus sandbox) {
        var info = Json.object()
                .put("sandboxID", sandbox.id())
                .put("networkNamespace", sandbox.networkNamespace())
                .put("cgroupParent", sandbox.spec().cgroupParent())
                .put("logDirectory", sandbox.spec().logDirectory().toString());
        return Map.of("info", info.toString());
    }

    Container listed(ContainerStatus container) {
        return Container.newBuilder()
                .setId(container.id())
                .setPodSandboxId(container.sandboxId())
                .setMetadata(metadata(container.spec()))
                .setImage(image(container.spec().image()))
                .setImageRef(reference(container.spec().image()))
                .setImageId(container.spec().image().toString())
                .setState(state(container.state()))
                .setCreatedAt(nanos(container.createdAt()))
                .putAllLabels(container.spec().labels())
                .putAllAnnotations(annotations(container.spec()))
                .build();
    }

    dev.longshore.runtime.cri.proto.ContainerStatus status(ContainerStatus container, Optional<ContainerUser> user) {
        ContainerSpec spec = container.spec();
        var told = dev.longshore.runtime.cri.proto.ContainerStatus.newBuilder()
                .setId(container.id())
                .setMetadata(metadata(spec))
                .setState(state(container.state()))
                .setCreatedAt(nanos(container.createdAt()))
                .setStartedAt(container.startedAt().map(Told::nanos).orElse(0L))
                .setFinishedAt(container.finishedAt().map(Told::nanos).orElse(0L))
                .setExitCode(container.exitCode().orElse(0))
                .setImage(image(spec.image()))
                .setImageRef(reference(spec.image()))
                .setImageId(spec.image().toString())
                .setReason(container.reason())
                .setMessage(container.message())
                .putAllLabels(spec.labels())
                .putAllAnnotations(annotations(spec))
                .setLogPath(
                        spec.options().log().equals(ContainerOptions.Log.NONE)
                                ? ""
                                : container.logFile().toString())
                .setResources(ContainerResources.newBuilder()
                        .setLinux(WantedLimits.told(
                                spec.resources(), spec.options().limits())))
                .setStopSignal(spec.stopSignal().map(Told::signal).orElse(Signal.RUNTIME_DEFAULT));
        spec.mounts().forEach(mount -> told.addMounts(mount(mount)));
        user.ifPresent(who -> told.getUserBuilder()
                .setLinux(LinuxContainerUser.newBuilder()
                        .setUid(who.uid())
                        .setGid(who.gid())
                        .addAllSupplementalGroups(who.supplementalGroups())));
        return told.build();
    }

    /// Beyond CRI, for people and for kubelets that want the process.
    static Map<String, String> info(ContainerStatus container) {
        var info = Json.object()
                .put("sandboxID", container.sandboxId())
                .put("pid", container.pid().orElse(0));
        return Map.of("info", info.toString());
    }

    static PodSandboxMetadata metadata(SandboxSpec spec) {
        return PodSandboxMetadata.newBuilder()
                .setName(spec.podName())
                .setNamespace(spec.podNamespace())
                .setUid(spec.podUid())
                .setAttempt(spec.attempt())
                .build();
    }

    static ContainerMetadata metadata(ContainerSpec spec) {
        return ContainerMetadata.newBuilder()
                .setName(spec.name())
                .setAttempt(spec.attempt())
                .build();
    }

    static Map<String, String> annotations(ContainerSpec spec) {
        if (!spec.annotations().containsKey(WantedContainer.DEVICES)) {
            return spec.annotations();
        }
        var own = new HashMap<>(spec.annotations());
        own.remove(WantedContainer.DEVICES);
        return own;
    }

    private ImageSpec image(Digest id) {
        String name = images.status(id.toString())
                .flatMap(image -> image.repoTags().stream().findFirst())
                .orElse(id.toString());
        return ImageSpec.newBuilder().setImage(name).setUserSpecifiedImage(name).build();
    }

    /// A name by which anybody finds it, or its id where there is none.
    private String reference(Digest id) {
        return images.status(id.toString())
                .flatMap(image -> image.repoDigests().stream().findFirst())
                .orElse(id.toString());
    }

    private static PodSandboxState state(SandboxStatus sandbox) {
        return switch (sandbox.state()) {
            case READY -> PodSandboxState.SANDBOX_READY;
            case NOT_READY -> PodSandboxState.SANDBOX_NOTREADY;
        };
    }

    private static ContainerState state(ContainerStatus.State state) {
        return switch (state) {
            case CREATED -> ContainerState.CONTAINER_CREATED;
            case RUNNING -> ContainerState.CONTAINER_RUNNING;
            case EXITED -> ContainerState.CONTAINER_EXITED;
            case UNKNOWN -> ContainerState.CONTAINER_UNKNOWN;
        };
    }

    private static NamespaceOption namespaces(SandboxSpec spec) {
        NamespaceMode pid =
                spec.hostPid() ? NamespaceMode.NODE : spec.sharePid() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
        var options = NamespaceOption.newBuilder()
                .setNetwork(spec.hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(pid)
                .setIpc(spec.hostIpc() ? NamespaceMode.NODE : NamespaceMode.POD);
        spec.users().ifPresent(range -> {
            var mapping = dev.longshore.runtime.cri.proto.IDMapping.newBuilder()
                    .setHostId((int) range.first())
                    .setLength((int) range.length())
                    .build();
            options.getUsernsOptionsBuilder()
                    .setMode(NamespaceMode.POD)
                    .addUids(mapping)
                    .addGids(mapping);
        });
        return options.build();
    }

    private static Mount mount(ContainerSpec.Mount mount) {
        var told = Mount.newBuilder()
                .setContainerPath(mount.containerPath())
                .setReadonly(mount.readOnly())
                .setRecursiveReadOnly(mount.options().contains("rro"))
                .setPropagation(
                        switch (mount.propagation()) {
                            case "rslave" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
                            case "rshared" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
                            default -> MountPropagation.PROPAGATION_PRIVATE;
                        });
        mount.hostPath().ifPresent(path -> told.setHostPath(path.toString()));
        mount.image()
                .ifPresent(part -> told.setImage(
                                ImageSpec.newBuilder().setImage(part.image().toString()))
                        .setImageSubPath(part.path()));
        return told.build();
    }

    private static Signal signal(String name) {
        String known = name.replace("+", "PLUS").replace("-", "MINUS");
        return List.of(Signal.values()).stream()
                .filter(signal -> signal.name().equals(known))
                .findFirst()
                .orElse(Signal.RUNTIME_DEFAULT);
    }
}
