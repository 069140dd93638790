package dev.longshore.kubelet.pods;

import dev.longshore.runtime.SandboxSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Sysctl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Turns a pod into the sandbox that it runs in.
final class SandboxSpecs {

    private static final int LONGEST_HOSTNAME = 63;
    private static final int MOST_SEARCHES = 32;

    private final PodSettings settings;
    private final Path hostResolvConf;

    SandboxSpecs(PodSettings settings, Path hostResolvConf) {
        this.settings = settings;
        this.hostResolvConf = hostResolvConf;
    }

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
                settings.hollow() ? new SandboxSpec.DnsConfig(List.of(), List.of(), List.of()) : dns(pod),
                hostNetwork ? List.of() : ports(pod),
                Qos.cgroupParent(pod),
                Qos.ofPod(pod),
                hostNetwork,
                isTrue(pod.getSpec().getHostPID()),
                isTrue(pod.getSpec().getHostIPC()),
                isTrue(pod.getSpec().getShareProcessNamespace()),
                sysctls(pod));
    }

    /// Where the pod's containers log.
    Path logDirectory(Pod pod) {
        var meta = pod.getMetadata();
        return settings.logs().resolve("%s_%s_%s".formatted(meta.getNamespace(), meta.getName(), meta.getUid()));
    }

    /// What the pod calls itself.
    String hostname(Pod pod) {
        if (isSet(pod.getSpec().getHostnameOverride())) {
            return pod.getSpec().getHostnameOverride();
        }
        if (isTrue(pod.getSpec().getHostNetwork())) {
            return settings.nodeName();
        }
        String name = isSet(pod.getSpec().getHostname())
                ? pod.getSpec().getHostname()
                : pod.getMetadata().getName();
        String cut = name.length() > LONGEST_HOSTNAME ? name.substring(0, LONGEST_HOSTNAME) : name;
        cut = cut.replaceFirst("[-.]+$", "");
        return isTrue(pod.getSpec().getSetHostnameAsFQDN()) && !domain(pod).isEmpty() ? cut + "." + domain(pod) : cut;
    }

    /// The domain that a subdomain puts the pod into; empty without one.
    String domain(Pod pod) {
        return isSet(pod.getSpec().getSubdomain())
                ? "%s.%s.svc.%s"
                        .formatted(
                                pod.getSpec().getSubdomain(),
                                pod.getMetadata().getNamespace(),
                                settings.clusterDomain())
                : "";
    }

    private SandboxSpec.DnsConfig dns(Pod pod) {
        String policy = Objects.requireNonNullElse(pod.getSpec().getDnsPolicy(), "ClusterFirst");
        boolean cluster = policy.equals("ClusterFirstWithHostNet")
                || (policy.equals("ClusterFirst") && !isTrue(pod.getSpec().getHostNetwork()));
        SandboxSpec.DnsConfig base;
        if (policy.equals("None")) {
            base = new SandboxSpec.DnsConfig(List.of(), List.of(), List.of());
        } else if (cluster && !settings.clusterDns().isEmpty()) {
            base = clusterFirst(pod.getMetadata().getNamespace());
        } else {
            base = ofHost();
        }
        return pod.getSpec().getDnsConfig() == null ? base : merged(base, pod);
    }

    private SandboxSpec.DnsConfig clusterFirst(String namespace) {
        String domain = settings.clusterDomain();
        var searches = new LinkedHashSet<>(List.of(namespace + ".svc." + domain, "svc." + domain, domain));
        searches.addAll(ofHost().searches());
        return new SandboxSpec.DnsConfig(settings.clusterDns(), List.copyOf(searches), List.of("ndots:5"));
    }

    private SandboxSpec.DnsConfig ofHost() {
        var servers = new ArrayList<String>();
        List<String> searches = List.of();
        List<String> options = List.of();
        for (String line : hostLines()) {
            String[] words = line.strip().split("\\s+");
            List<String> rest = List.of(words).subList(1, words.length);
            switch (words[0]) {
                case "nameserver" -> servers.addAll(rest);
                case "search", "domain" ->
                    searches =
                            rest.stream().filter(search -> !search.equals(".")).toList();
                case "options" -> options = rest;
                default -> {
                    // Comments, and what only the host's own resolver knows.
                }
            }
        }
        return new SandboxSpec.DnsConfig(servers, searches, options);
    }

    private List<String> hostLines() {
        try {
            return Files.readAllLines(hostResolvConf);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + hostResolvConf, unreadable);
        }
    }

    private static SandboxSpec.DnsConfig merged(SandboxSpec.DnsConfig base, Pod pod) {
        var more = pod.getSpec().getDnsConfig();
        var servers = new LinkedHashSet<>(base.servers());
        servers.addAll(more.getNameservers());
        var searches = new LinkedHashSet<>(base.searches());
        searches.addAll(more.getSearches());
        // An option of the pod's goes over one of the same name.
        var options = new LinkedHashMap<String, String>();
        base.options().forEach(option -> options.put(option.split(":", 2)[0], option));
        more.getOptions()
                .forEach(option -> options.put(
                        option.getName(),
                        isSet(option.getValue()) ? option.getName() + ":" + option.getValue() : option.getName()));
        return new SandboxSpec.DnsConfig(
                List.copyOf(servers), searches.stream().limit(MOST_SEARCHES).toList(), List.copyOf(options.values()));
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
