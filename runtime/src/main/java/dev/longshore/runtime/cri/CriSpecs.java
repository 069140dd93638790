package dev.longshore.runtime.cri;

import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.cri.proto.Capability;
import dev.longshore.runtime.cri.proto.ContainerConfig;
import dev.longshore.runtime.cri.proto.ContainerMetadata;
import dev.longshore.runtime.cri.proto.DNSConfig;
import dev.longshore.runtime.cri.proto.ImageSpec;
import dev.longshore.runtime.cri.proto.Int64Value;
import dev.longshore.runtime.cri.proto.KeyValue;
import dev.longshore.runtime.cri.proto.LinuxContainerConfig;
import dev.longshore.runtime.cri.proto.LinuxContainerResources;
import dev.longshore.runtime.cri.proto.LinuxContainerSecurityContext;
import dev.longshore.runtime.cri.proto.LinuxPodSandboxConfig;
import dev.longshore.runtime.cri.proto.LinuxSandboxSecurityContext;
import dev.longshore.runtime.cri.proto.Mount;
import dev.longshore.runtime.cri.proto.MountPropagation;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.NamespaceOption;
import dev.longshore.runtime.cri.proto.PodSandboxConfig;
import dev.longshore.runtime.cri.proto.PodSandboxMetadata;
import dev.longshore.runtime.cri.proto.PortMapping;
import dev.longshore.runtime.cri.proto.Protocol;
import dev.longshore.runtime.cri.proto.SecurityProfile;
import dev.longshore.runtime.cri.proto.Signal;
import dev.longshore.runtime.internal.KernelPaths;
import java.util.Locale;

/// Turns what the kubelet wants into what CRI calls it.
final class CriSpecs {

    /// What a container's limits were when it was made, for who adopts it: runtimes before CRI's `resources` do not
    /// tell.
    static final String LIMITS = "dev.longshore/limits";

    private static final String RECURSIVE_READ_ONLY = "rro";

    private final String cgroup;

    /// Of pods whose cgroups are below `cgroup`, as `longshore-ID`.
    CriSpecs(String cgroup) {
        this.cgroup = cgroup;
    }

    PodSandboxConfig of(SandboxSpec spec) {
        var config = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setName(spec.podName())
                        .setNamespace(spec.podNamespace())
                        .setUid(spec.podUid())
                        .setAttempt(spec.attempt()))
                .setHostname(spec.hostNetwork() ? "" : spec.hostname())
                .setLogDirectory(spec.logDirectory().toString())
                .setDnsConfig(DNSConfig.newBuilder()
                        .addAllServers(spec.dns().servers())
                        .addAllSearches(spec.dns().searches())
                        .addAllOptions(spec.dns().options()))
                .putAllLabels(spec.labels())
                .putAllAnnotations(spec.annotations());
        spec.portMappings().forEach(port -> config.addPortMappings(of(port)));
        return config.setLinux(LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent(cgroupOf(spec))
                        .putAllSysctls(spec.sysctls())
                        .setResources(of(spec.resources()))
                        .setSecurityContext(LinuxSandboxSecurityContext.newBuilder()
                                .setNamespaceOptions(namespaces(spec))
                                .setSeccomp(SecurityProfile.newBuilder()
                                        .setProfileType(SecurityProfile.ProfileType.RuntimeDefault))))
                .build();
    }

    String cgroupOf(SandboxSpec spec) {
        String leaf = spec.cgroupParent().isEmpty() ? "pods/" + spec.podUid() : spec.cgroupParent();
        return "/" + cgroup + "/" + leaf;
    }

    ContainerConfig of(ContainerSpec spec, SandboxSpec sandbox) {
        var config = ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName(spec.name()).setAttempt(spec.attempt()))
                .setImage(ImageSpec.newBuilder().setImage(spec.image().toString()))
                .addAllCommand(spec.command())
                .addAllArgs(spec.args())
                .setWorkingDir(spec.workingDirectory().orElse(""))
                .putAllLabels(spec.labels())
                .putAllAnnotations(spec.annotations())
                .putAnnotations(LIMITS, CriLimits.write(spec.resources()))
                .setLogPath(spec.logFile().toString())
                .setStdin(spec.stdin())
                .setStdinOnce(spec.stdinOnce())
                .setTty(spec.tty())
                .setStopSignal(spec.stopSignal().map(CriSpecs::signal).orElse(Signal.RUNTIME_DEFAULT));
        spec.env()
                .forEach((name, value) ->
                        config.addEnvs(KeyValue.newBuilder().setKey(name).setValue(value)));
        spec.mounts().forEach(mount -> config.addMounts(of(mount)));
        return config.setLinux(LinuxContainerConfig.newBuilder()
                        .setResources(of(spec.resources()))
                        .setSecurityContext(of(spec.security(), sandbox)))
                .build();
    }

    LinuxContainerResources of(ContainerResources limits) {
        var resources = LinuxContainerResources.newBuilder();
        limits.cpuShares().ifPresent(resources::setCpuShares);
        limits.cpuQuotaMicros().ifPresent(resources::setCpuQuota);
        limits.cpuPeriodMicros().ifPresent(resources::setCpuPeriod);
        limits.memoryLimitBytes().ifPresent(resources::setMemoryLimitInBytes);
        limits.oomScoreAdjust().ifPresent(resources::setOomScoreAdj);
        return resources.build();
    }

    private static LinuxContainerSecurityContext of(ContainerSecurity rights, SandboxSpec sandbox) {
        var context = LinuxContainerSecurityContext.newBuilder()
                .setPrivileged(rights.privileged())
                .setReadonlyRootfs(rights.readOnlyRootFilesystem())
                .setNoNewPrivs(!rights.allowPrivilegeEscalation())
                .setNamespaceOptions(namespaces(sandbox))
                .addAllSupplementalGroups(rights.supplementalGroups())
                .setSeccomp(seccomp(rights.seccompProfile()))
                .setCapabilities(Capability.newBuilder()
                        .addAllAddCapabilities(rights.addCapabilities())
                        .addAllDropCapabilities(rights.dropCapabilities()));
        if (!rights.appArmorProfile().isEmpty()) {
            context.setApparmor(appArmor(rights.appArmorProfile()));
        }
        rights.user()
                .ifPresent(uid -> context.setRunAsUser(Int64Value.newBuilder().setValue(uid)));
        rights.group()
                .ifPresent(gid -> context.setRunAsGroup(Int64Value.newBuilder().setValue(gid)));
        if (!rights.unmaskedProc()) {
            context.addAllMaskedPaths(KernelPaths.MASKED).addAllReadonlyPaths(KernelPaths.READ_ONLY);
        }
        return context.build();
    }

    private static SecurityProfile appArmor(String profile) {
        return profile.startsWith("localhost/")
                ? SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.Localhost)
                        .setLocalhostRef(profile.substring("localhost/".length()))
                        .build()
                : seccomp(profile);
    }

    private static SecurityProfile seccomp(String profile) {
        var seccomp = SecurityProfile.newBuilder();
        return switch (profile) {
            case "RuntimeDefault" ->
                seccomp.setProfileType(SecurityProfile.ProfileType.RuntimeDefault)
                        .build();
            case "Unconfined" ->
                seccomp.setProfileType(SecurityProfile.ProfileType.Unconfined).build();
            default ->
                seccomp.setProfileType(SecurityProfile.ProfileType.Localhost)
                        .setLocalhostRef(profile)
                        .build();
        };
    }

    private static NamespaceOption namespaces(SandboxSpec spec) {
        NamespaceMode pid =
                spec.hostPid() ? NamespaceMode.NODE : spec.sharePid() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
        return NamespaceOption.newBuilder()
                .setNetwork(spec.hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(pid)
                .setIpc(spec.hostIpc() ? NamespaceMode.NODE : NamespaceMode.POD)
                .build();
    }

    private static PortMapping of(SandboxSpec.PortMapping port) {
        return PortMapping.newBuilder()
                .setHostPort(port.hostPort())
                .setContainerPort(port.containerPort())
                .setProtocol(Protocol.valueOf(port.protocol().toUpperCase(Locale.ROOT)))
                .setHostIp(port.hostIp().orElse(""))
                .build();
    }

    private static Mount of(ContainerSpec.Mount mount) {
        if (mount.image().isPresent()) {
            ContainerSpec.ImagePart part = mount.image().get();
            return Mount.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(part.image().toString()))
                    .setImageSubPath(part.path())
                    .setContainerPath(mount.containerPath())
                    .setReadonly(true)
                    .build();
        }
        if (mount.hostPath().isEmpty()) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "a runtime behind CRI makes no tmpfs at " + mount.containerPath());
        }
        return Mount.newBuilder()
                .setHostPath(mount.hostPath().get().toString())
                .setContainerPath(mount.containerPath())
                .setReadonly(mount.readOnly())
                .setRecursiveReadOnly(mount.options().contains(RECURSIVE_READ_ONLY))
                .setPropagation(
                        switch (mount.propagation()) {
                            case "rslave" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
                            case "rshared" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
                            default -> MountPropagation.PROPAGATION_PRIVATE;
                        })
                .build();
    }

    private static Signal signal(String name) {
        try {
            return Signal.valueOf(name.replace("+", "PLUS").replace("-", "MINUS"));
        } catch (IllegalArgumentException unknown) {
            throw new RuntimeFaultException(Kind.FAILED, "CRI knows no stop signal " + name, unknown);
        }
    }
}
