package dev.longshore.runtime;

import dev.longshore.base.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a container shall be.
///
/// @param image the image's config digest, present in the image store
/// @param command replaces the image's ENTRYPOINT when not empty
/// @param args replaces the image's CMD when not empty (and drops it when `command` is given)
/// @param env name to value, in order; added to the image's
/// @param workingDirectory in place of the image's
/// @param logFile relative to the sandbox's log directory, CRI format
public record ContainerSpec(
        String name,
        int attempt,
        Digest image,
        List<String> command,
        List<String> args,
        Map<String, String> env,
        Optional<String> workingDirectory,
        List<Mount> mounts,
        Map<String, String> labels,
        Map<String, String> annotations,
        ContainerResources resources,
        ContainerSecurity security,
        Path logFile,
        Optional<String> stopSignal,
        boolean stdin,
        boolean stdinOnce,
        boolean tty) {

    public ContainerSpec {
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(env));
        mounts = List.copyOf(mounts);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /// A bind mount (or a fresh tmpfs when `hostPath` is empty).
    ///
    /// @param propagation `private`, `rslave` or `rshared`
    public record Mount(Optional<Path> hostPath, String containerPath, boolean readOnly, String propagation) {
        /// A private bind mount.
        public static Mount bind(Path hostPath, String containerPath, boolean readOnly) {
            return new Mount(Optional.of(hostPath), containerPath, readOnly, "private");
        }
    }
}
