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
/// @param options what the Docker Engine API asks for beyond that
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
        boolean tty,
        ContainerOptions options) {

    public ContainerSpec {
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(env));
        mounts = List.copyOf(mounts);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        // A container that an earlier version made has none written down.
        options = options == null ? ContainerOptions.NONE : options;
    }

    /// Without further options.
    public ContainerSpec(
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
        this(
                name,
                attempt,
                image,
                command,
                args,
                env,
                workingDirectory,
                mounts,
                labels,
                annotations,
                resources,
                security,
                logFile,
                stopSignal,
                stdin,
                stdinOnce,
                tty,
                ContainerOptions.NONE);
    }

    /// The same with `other` mounts.
    public ContainerSpec withMounts(List<Mount> other) {
        return new ContainerSpec(
                name,
                attempt,
                image,
                command,
                args,
                env,
                workingDirectory,
                other,
                labels,
                annotations,
                resources,
                security,
                logFile,
                stopSignal,
                stdin,
                stdinOnce,
                tty,
                options);
    }

    /// A bind mount, the files of an image, or, with neither, a fresh tmpfs.
    ///
    /// @param propagation `private`, `rslave` or `rshared`
    /// @param options mount options: of a tmpfs in place of the usual ones, of a bind mount beside them; `bind`
    /// leaves out what is mounted below it
    /// @param image whose files are shown, read only and not to be executed
    public record Mount(
            Optional<Path> hostPath,
            String containerPath,
            boolean readOnly,
            String propagation,
            List<String> options,
            Optional<ImagePart> image) {

        public Mount {
            options = options == null ? List.of() : List.copyOf(options);
            // A container that an earlier version made has none written down.
            image = image == null ? Optional.empty() : image;
        }

        /// Not of an image.
        public Mount(
                Optional<Path> hostPath,
                String containerPath,
                boolean readOnly,
                String propagation,
                List<String> options) {
            this(hostPath, containerPath, readOnly, propagation, options, Optional.empty());
        }

        /// The files of an image, or of its directory `path` if that is not empty.
        public static Mount image(Digest image, String path, String containerPath) {
            return new Mount(
                    Optional.empty(),
                    containerPath,
                    true,
                    "private",
                    List.of(),
                    Optional.of(new ImagePart(image, path)));
        }

        /// With the usual options.
        public Mount(Optional<Path> hostPath, String containerPath, boolean readOnly, String propagation) {
            this(hostPath, containerPath, readOnly, propagation, List.of());
        }

        /// A fresh tmpfs.
        public static Mount tmpfs(String containerPath, List<String> options) {
            return new Mount(Optional.empty(), containerPath, false, "private", options);
        }

        /// A private bind mount.
        public static Mount bind(Path hostPath, String containerPath, boolean readOnly) {
            return new Mount(Optional.of(hostPath), containerPath, readOnly, "private");
        }
    }

    /// Files of an image.
    ///
    /// @param image its config's digest, present in the image store
    /// @param path of the directory or file meant; empty for all
    public record ImagePart(Digest image, String path) {}
}
