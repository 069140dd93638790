package dev.longshore.runtime.linux;

import dev.longshore.base.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The port through which containers get their images' layers; bound by whoever wires the node. Thread-safe.
public interface RootFilesystems {

    /// Unpacks the image if need be, keeps its layers until [#release], and says what its config holds.
    /// Idempotent for one container.
    ///
    /// @throws dev.longshore.runtime.RuntimeFaultException when the image is not there
    Prepared prepare(Digest imageConfigDigest, String containerId) throws InterruptedException;

    /// Lets go of what was kept for a container. Idempotent.
    void release(String containerId);

    /// What a container stands on.
    ///
    /// @param lowerDirectories topmost first, in overlayfs form
    record Prepared(List<Path> lowerDirectories, ImageConfig config) {
        public Prepared {
            lowerDirectories = List.copyOf(lowerDirectories);
        }
    }

    /// The part of an image's config that a container follows.
    ///
    /// @param env `NAME=value`
    /// @param user as written in the image
    record ImageConfig(
            List<String> entrypoint,
            List<String> cmd,
            List<String> env,
            Optional<String> workingDirectory,
            Optional<String> user,
            Optional<String> stopSignal,
            Set<String> exposedPorts,
            Set<String> volumes,
            Map<String, String> labels) {

        /// An image that says nothing.
        public static final ImageConfig EMPTY = new ImageConfig(
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Set.of(),
                Map.of());

        public ImageConfig {
            entrypoint = List.copyOf(entrypoint);
            cmd = List.copyOf(cmd);
            env = List.copyOf(env);
            exposedPorts = Set.copyOf(exposedPorts);
            volumes = Set.copyOf(volumes);
            labels = Map.copyOf(labels);
        }
    }
}
