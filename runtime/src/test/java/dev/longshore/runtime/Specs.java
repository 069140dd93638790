package dev.longshore.runtime;

import dev.longshore.base.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Plain specs for tests.
public final class Specs {

    private Specs() {}

    /// A sandbox that asks for nothing.
    public static SandboxSpec sandbox(Path logs, String name) {
        return new SandboxSpec(
                name,
                "default",
                "uid-" + name,
                0,
                name,
                Map.of("io.kubernetes.pod.name", name),
                Map.of(),
                logs.resolve(name),
                new SandboxSpec.DnsConfig(
                        List.of("10.96.0.10"), List.of("default.svc.cluster.local"), List.of("ndots:5")),
                List.of(),
                "kubepods/besteffort/pod" + name,
                ContainerResources.NONE,
                false,
                false,
                false,
                false,
                Map.of());
    }

    /// A container that runs `command`.
    public static ContainerSpec container(Digest image, String name, List<String> command) {
        return new ContainerSpec(
                name,
                0,
                image,
                command,
                List.of(),
                Map.of("GREETING", "hello"),
                Optional.empty(),
                List.of(),
                Map.of("io.kubernetes.container.name", name),
                Map.of(),
                ContainerResources.NONE,
                ContainerSecurity.DEFAULT,
                Path.of(name, "0.log"),
                Optional.empty(),
                false,
                false,
                false);
    }

    /// The same with other rights, limits and mounts.
    public static ContainerSpec with(
            ContainerSpec spec,
            ContainerSecurity security,
            ContainerResources resources,
            List<ContainerSpec.Mount> mounts) {
        return new ContainerSpec(
                spec.name(),
                spec.attempt(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.workingDirectory(),
                mounts,
                spec.labels(),
                spec.annotations(),
                resources,
                security,
                spec.logFile(),
                spec.stopSignal(),
                spec.stdin(),
                spec.stdinOnce(),
                spec.tty());
    }

    /// The same with further options.
    public static ContainerSpec with(ContainerSpec spec, ContainerOptions options) {
        return new ContainerSpec(
                spec.name(),
                spec.attempt(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.workingDirectory(),
                spec.mounts(),
                spec.labels(),
                spec.annotations(),
                spec.resources(),
                spec.security(),
                spec.logFile(),
                spec.stopSignal(),
                spec.stdin(),
                spec.stdinOnce(),
                spec.tty(),
                options);
    }

    /// Changes to a sandbox's spec.
    public record SandboxChanges(SandboxSpec spec) {
        /// Whether the containers share one pid namespace.
        public SandboxChanges sharePid(boolean share) {
            return change(spec.hostNetwork(), share, spec.sysctls());
        }

        /// Whether it has the host's network.
        public SandboxChanges hostNetwork(boolean host) {
            return change(host, spec.sharePid(), spec.sysctls());
        }

        /// What to set.
        public SandboxChanges sysctls(Map<String, String> sysctls) {
            return change(spec.hostNetwork(), spec.sharePid(), sysctls);
        }

        private SandboxChanges change(boolean hostNetwork, boolean sharePid, Map<String, String> sysctls) {
            return new SandboxChanges(new SandboxSpec(
                    spec.podName(),
                    spec.podNamespace(),
                    spec.podUid(),
                    spec.attempt(),
                    spec.hostname(),
                    spec.labels(),
                    spec.annotations(),
                    spec.logDirectory(),
                    spec.dns(),
                    spec.portMappings(),
                    spec.cgroupParent(),
                    spec.resources(),
                    hostNetwork,
                    spec.hostPid(),
                    spec.hostIpc(),
                    sharePid,
                    sysctls));
        }
    }
}
