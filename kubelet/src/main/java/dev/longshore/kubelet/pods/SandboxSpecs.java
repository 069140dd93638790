package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.IdRange;
import dev.longshore.runtime.SandboxSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Sysctl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Turns a pod into the sandbox that it runs in.
final class SandboxSpecs {

    private static final int LONGEST_HOSTNAME = 63;
    private static final int LONGEST_FULL_NAME = 64;

    private final PodSettings settings;
    private final PodDns dns;
    private final IdRanges users;
    private final Placements placements;

    SandboxSpecs(PodSettings settings, Path hostResolvConf) {
        this(settings, hostResolvConf, Placements.none());
    }

    SandboxSpecs(PodSettings settings, Path hostResolvConf, Placements placements) {
        this.settings = settings;
        this.placements = placements;
        this.dns = new PodDns(settings, hostResolvConf);
        this.users = new IdRanges(settings.root().resolve("pods"));
    }

    /// @throws VolumeException when the pod cannot have the name that it asks for
    SandboxSpec of(Pod pod, int attempt) {
        var meta = pod.getMetadata();
        boolean hostNetwork = isTrue(pod.getSpec().getHostNetwork());
        return new SandboxSpec(
                        meta.getName(),
                        meta.getNamespace(),
                        meta.getUid(),
                        attempt,
                        hostname(pod),
                        Labels.of(pod),
                        meta.getAnnotations() == null ? Map.of() : meta.getAnnotations(),
                        logDirectory(pod),
                        settings.hollow()
                                ? new SandboxSpec.DnsConfig(List.of(), List.of(), List.of())
                                : dns.of(pod).config(),
                        hostNetwork ? List.of() : ports(pod),
                        Qos.cgroupParent(pod),
                        resources(pod),
                        hostNetwork,
                        isTrue(pod.getSpec().getHostPID()),
                        isTrue(pod.getSpec().getHostIPC()),
                        isTrue(pod.getSpec().getShareProcessNamespace()),
                        sysctls(pod))
                .withUsers(users(pod));
    }

    private Optional<IdRange> users(Pod pod) {
        return settings.hollow() || !Boolean.FALSE.equals(pod.getSpec().getHostUsers())
                ? Optional.empty()
                : Optional.of(users.of(pod.getMetadata().getUid()));
    }

    /// What the pod as a whole gets.
    ContainerResources resources(Pod pod) {
        return placements.place(pod.getMetadata().getUid(), Qos.ofPod(pod, settings.resources()));
    }

    /// Where the pod's containers log.
    Path logDirectory(Pod pod) {
        var meta = pod.getMetadata();
        return settings.logs().resolve("%s_%s_%s".formatted(meta.getNamespace(), meta.getName(), meta.getUid()));
    }

    /// The same sandbox, run by the runtime that the pod asks for.
    ///
    /// @throws VolumeException when there is no such RuntimeClass
    SandboxSpec of(Pod pod, int attempt, ConfigApi config) {
        String wanted = pod.getSpec().getRuntimeClassName();
        SandboxSpec spec = of(pod, attempt);
        if (!isSet(wanted) || settings.hollow()) {
            return spec;
        }
        return spec.withRuntimeHandler(config.runtimeHandler(wanted)
                .orElseThrow(() -> new VolumeException("runtimeclass.node.k8s.io \"%s\" not found".formatted(wanted))));
    }

    /// How its names are asked for, and what had to be left out of that.
    PodDns dns() {
        return dns;
    }

    /// What the kernel calls the pod.
    private String hostname(Pod pod) {
        String name = shortName(pod);
        String domain = domain(pod);
        if (domain.isEmpty() || !isTrue(pod.getSpec().getSetHostnameAsFQDN())) {
            return name;
        }
        String full = name + "." + domain;
        if (full.length() > LONGEST_FULL_NAME) {
            throw new VolumeException(
                    "failed to construct FQDN from pod hostname and cluster domain, FQDN %s is too long (%d characters is the max, %d characters requested)"
                            .formatted(full, LONGEST_FULL_NAME, full.length()));
        }
        return full;
    }

    /// What the pod calls itself, without its domain.
    String shortName(Pod pod) {
        if (!isSet(pod.getSpec().getHostnameOverride()) && isTrue(pod.getSpec().getHostNetwork())) {
            return settings.nodeName();
        }
        String name = isSet(pod.getSpec().getHostnameOverride())
                ? pod.getSpec().getHostnameOverride()
                : isSet(pod.getSpec().getHostname())
                        ? pod.getSpec().getHostname()
                        : pod.getMetadata().getName();
        return name.length() <= LONGEST_HOSTNAME
                ? name
                : name.substring(0, LONGEST_HOSTNAME).replaceFirst("[-.]+$", "");
    }

    /// The domain that a subdomain puts the pod into; empty without one.
    String domain(Pod pod) {
        return isSet(pod.getSpec().getSubdomain()) && !isSet(pod.getSpec().getHostnameOverride())
                ? "%s.%s.svc.%s"
                        .formatted(
                                pod.getSpec().getSubdomain(),
                                pod.getMetadata().getNamespace(),
                                settings.clusterDomain())
                : "";
    }

    private static List<SandboxSpec.PortMapping> ports(Pod pod) {
        var mappings = new ArrayList<SandboxSpec.PortMapping>();
        var all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.removeIf(container -> !"Always".equals(container.getRestartPolicy()));
        all.addAll(pod.getSpec().getContainers());
        for (Container container : all) {
            for (ContainerPort port : container.getPorts()) {
                if (port.getHostPort() != null && port.getHostPort() > 0) {
                    mappings.add(new SandboxSpec.PortMapping(
                            port.getHostPort(),
                            port.getContainerPort(),
                            Objects.requireNonNullElse(port.getProtocol(), "TCP")
                                    .toLowerCase(Locale.ROOT),
                            Optional.ofNullable(port.getHostIP()).filter(ip -> !ip.isEmpty())));
                }
            }
        }
        return mappings;
    }

    private static Map<String, String> sysctls(Pod pod) {
        var sysctls = new LinkedHashMap<String, String>();
        if (pod.getSpec().getSecurityContext() != null) {
            for (Sysctl sysctl : pod.getSpec().getSecurityContext().getSysctls()) {
                sysctls.put(SysctlRules.normal(sysctl.getName()), sysctl.getValue());
            }
        }
        return sysctls;
    }

    private static boolean isTrue(Boolean value) {
        return Boolean.TRUE.equals(value);
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }
}
