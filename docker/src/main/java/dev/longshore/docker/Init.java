package dev.longshore.docker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The small first process of `--init`, which hands on signals and reaps orphans.
final class Init {

    /// Where it is in a container.
    static final String INSIDE = "/sbin/docker-init";

    private static final List<Path> KNOWN = List.of(
            Path.of("/usr/bin/docker-init"),
            Path.of("/usr/libexec/docker/docker-init"),
            Path.of("/usr/bin/tini-static"),
            Path.of("/usr/bin/catatonit"),
            Path.of("/usr/libexec/podman/catatonit"));

    private Init() {}

    /// The one that this host has; all of these need no libraries, which a container may not have.
    static Optional<Path> find() {
        return KNOWN.stream().filter(Files::isExecutable).findFirst();
    }

    /// @throws EngineException when this host has none
    static Path require() {
        return find().orElseThrow(() -> EngineException.failed(
                "failed to create task for container: exec: \"docker-init\": executable file not found in $PATH: "
                        + "install the package tini on this host",
                null));
    }
}
