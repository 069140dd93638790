package dev.longshore.runtime.cri;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.proto.ContainerState;
import dev.longshore.runtime.cri.proto.ContainerStatus;
import dev.longshore.runtime.cri.proto.Image;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.PodIP;
import dev.longshore.runtime.cri.proto.PodSandboxState;
import dev.longshore.runtime.cri.proto.PodSandboxStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Turns what a runtime tells over CRI into what the kubelet reads. Much of a specification is not told; the
/// labels, annotations and attempts are, and it is by these that pods are found again.
final class CriStatuses {

    private static final Digest NO_IMAGE = Digest.sha256(new byte[0]);

    private final Path logs;

    /// Of pods whose logs are in `logs`, each in a directory of its own.
    CriStatuses(Path logs) {
        this.logs = logs;
    }

    SandboxStatus of(PodSandboxStatus told) {
        var options = told.getLinux().getNamespaces().getOptions();
        var meta = told.getMetadata();
        var spec = new SandboxSpec(
                meta.getName(),
                meta.getNamespace(),
                meta.getUid(),
                meta.getAttempt(),
                "",
                told.getLabelsMap(),
                told.getAnnotationsMap(),
                logs.resolve("%s_%s_%s".formatted(meta.getNamespace(), meta.getName(), meta.getUid())),
                new SandboxSpec.DnsConfig(List.of(), List.of(), List.of()),
                List.of(),
                "",
                ContainerResources.NONE,
                options.getNetwork() == NamespaceMode.NODE,
                options.getPid() == NamespaceMode.NODE,
                options.getIpc() == NamespaceMode.NODE,
                options.getPid() == NamespaceMode.POD,
                Map.of());
        return of(told, spec);
    }

    /// With the specification that it was made from.
    SandboxStatus of(PodSandboxStatus told, SandboxSpec spec) {
        var addresses = new ArrayList<String>();
        if (!told.getNetwork().getIp().isEmpty()) {
            addresses.add(told.getNetwork().getIp());
        }
        told.getNetwork().getAdditionalIpsList().stream().map(PodIP::getIp).forEach(addresses::add);
        return new SandboxStatus(
                told.getId(),
                spec,
                told.getState() == PodSandboxState.SANDBOX_READY
                        ? SandboxStatus.State.READY
                        : SandboxStatus.State.NOT_READY,
                instant(told.getCreatedAt()),
                spec.hostNetwork() ? List.of() : addresses,
                "");
    }

    /// @param info what the runtime tells beyond CRI: its `pid`, if it is there
    dev.longshore.runtime.ContainerStatus of(ContainerStatus told, String sandboxId, Map<String, String> info) {
        boolean hasEnded = told.getState() == ContainerState.CONTAINER_EXITED;
        boolean hasStarted = told.getStartedAt() > 0;
        return new dev.longshore.runtime.ContainerStatus(
                told.getId(),
                sandboxId,
                spec(told),
                state(told.getState()),
                instant(told.getCreatedAt()),
                hasStarted ? Optional.of(instant(told.getStartedAt())) : Optional.empty(),
                hasEnded ? Optional.of(instant(told.getFinishedAt())) : Optional.empty(),
                told.getState() == ContainerState.CONTAINER_RUNNING ? pid(info) : OptionalInt.empty(),
                hasEnded ? OptionalInt.of(told.getExitCode()) : OptionalInt.empty(),
                told.getReason(),
                told.getMessage(),
                Path.of(told.getLogPath().isEmpty() ? "/" : told.getLogPath()));
    }

    static Images.ImageStatus of(Image told) {
        Optional<String> user = told.hasUid()
                ? Optional.of(String.valueOf(told.getUid().getValue()))
                : Optional.of(told.getUsername()).filter(name -> !name.isEmpty());
        return new Images.ImageStatus(
                digest(told.getId()), told.getRepoTagsList(), told.getRepoDigestsList(), told.getSize(), user);
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    private static ContainerSpec spec(ContainerStatus told) {
        String image = told.getImageId().isEmpty() ? told.getImageRef() : told.getImageId();
        return new ContainerSpec(
                told.getMetadata().getName(),
                told.getMetadata().getAttempt(),
                digest(image),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                told.getLabelsMap(),
                told.getAnnotationsMap(),
                CriLimits.read(told.getAnnotationsOrDefault(CriSpecs.LIMITS, "")),
                ContainerSecurity.DEFAULT,
                Path.of(told.getMetadata().getName(), told.getMetadata().getAttempt() + ".log"),
                Optional.empty(),
                false,
                false,
                false);
    }

    /// The digest in an id (`sha256:…`) or a reference (`name@sha256:…`).
    static Digest digest(String text) {
        try {
            return Digest.parse(text.substring(text.indexOf('@') + 1));
        } catch (IllegalArgumentException foreign) {
            return NO_IMAGE;
        }
    }

    private static dev.longshore.runtime.ContainerStatus.State state(ContainerState told) {
        return switch (told) {
            case CONTAINER_CREATED -> dev.longshore.runtime.ContainerStatus.State.CREATED;
            case CONTAINER_RUNNING -> dev.longshore.runtime.ContainerStatus.State.RUNNING;
            case CONTAINER_EXITED -> dev.longshore.runtime.ContainerStatus.State.EXITED;
            case CONTAINER_UNKNOWN, UNRECOGNIZED -> dev.longshore.runtime.ContainerStatus.State.UNKNOWN;
        };
    }

    private static OptionalInt pid(Map<String, String> info) {
        try {
            int pid = Json.parse(info.getOrDefault("info", "{}")).path("pid").asInt(0);
            return pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty();
        } catch (Json.MalformedException foreign) {
            return OptionalInt.empty();
        }
    }
}
