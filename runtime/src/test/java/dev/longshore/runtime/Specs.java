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
                new SandboxSpec.DnsConfig(List.of("10.96.0.10"), List.of("default.svc.cluster.local"), List.of("ndots:5")),
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
}
