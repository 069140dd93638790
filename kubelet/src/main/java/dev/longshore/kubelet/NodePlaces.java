package dev.longshore.kubelet;

import dev.longshore.kubelet.images.CredentialProviders;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.shutdown.LogindFiles;
import java.nio.file.Path;
import java.util.Optional;

/// Where a kubelet keeps what.
///
/// @param root a directory of the kubelet's own
/// @param logs where container logs go, a directory per pod
/// @param memory a directory on a tmpfs that the runtime sees, for volumes that ask for memory
/// @param images where the runtime keeps images
/// @param manifests a directory of static pods; none if empty
/// @param logind who tells that the machine goes down
/// @param credentials where programs are that give credentials for registries
public record NodePlaces(
        Path root,
        Path logs,
        Path memory,
        Path images,
        Optional<Path> manifests,
        LogindFiles logind,
        CredentialProviders credentials) {

    /// All below `root` but the logs, and no static pods.
    static NodePlaces below(Path root, Path logs) {
        return new NodePlaces(
                root,
                logs,
                root.resolve("memory"),
                root,
                Optional.empty(),
                LogindFiles.USUAL,
                CredentialProviders.NONE);
    }

    NodePlaces withMemory(Path other) {
        return new NodePlaces(root, logs, other, images, manifests, logind, credentials);
    }

    NodePlaces withImages(Path other) {
        return new NodePlaces(root, logs, memory, other, manifests, logind, credentials);
    }

    /// On which file systems things are.
    NodeDisks disks() {
        return new NodeDisks(root, images);
    }

    NodePlaces withManifests(Path other) {
        return new NodePlaces(root, logs, memory, images, Optional.of(other), logind, credentials);
    }

    NodePlaces withLogind(LogindFiles other) {
        return new NodePlaces(root, logs, memory, images, manifests, other, credentials);
    }

    NodePlaces withCredentialProviders(CredentialProviders other) {
        return new NodePlaces(root, logs, memory, images, manifests, logind, other);
    }
}
