package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.ContainerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that decides an OCI config: every wish resolved, nothing left to look up.
///
/// @param namespaces OCI type to the file that pins it, or empty for a new one; a type that is absent stays the
/// host's
/// @param cgroup relative to the hierarchies' roots
/// @param sharedMemory the directory behind /dev/shm; empty for one of its own
/// @param mounts in the order in which they are to be made, over the standard ones
record Blueprint(
        List<String> arguments,
        Map<String, String> env,
        String workingDirectory,
        ProcessUser user,
        ContainerSecurity security,
        ContainerResources resources,
        boolean tty,
        Map<String, Optional<Path>> namespaces,
        String cgroup,
        Optional<Path> sharedMemory,
        List<ContainerSpec.Mount> mounts,
        Map<String, String> annotations,
        ContainerOptions options) {}
