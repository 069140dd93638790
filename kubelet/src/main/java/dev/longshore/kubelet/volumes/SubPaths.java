package dev.longshore.kubelet.volumes;

import dev.longshore.linux.Beneath;
import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Parts of volumes. The pod can write to the volume, and so may lace it with links to elsewhere at any moment: the
/// part is therefore found once, held, and bound to a place that only the node can reach, which is what a container
/// gets.
///
///     ROOT/pods/UID/volume-subpaths/VOLUME/CONTAINER/INDEX
final class SubPaths {

    private static final Logger log = LoggerFactory.getLogger(SubPaths.class);
    private static final int MODE_BITS = 07777;

    private final DirectMounts mounts;

    SubPaths(DirectMounts mounts) {
        this.mounts = mounts;
    }

    /// Where a container finds `part`; made, as a directory, if the volume has none.
    Path of(Path podDirectory, PodVolumes.Part part) {
        check(part.subPath());
        Path place = podDirectory
                .resolve("volume-subpaths")
                .resolve(part.volume())
                .resolve(part.container())
                .resolve(Integer.toString(part.index()));
        try (Held held = found(part)) {
            show(held, place);
            return place;
        } catch (IOException failure) {
            // Why is not for the pod to know: it would learn about files of the node.
            log.warn("subPath {} of volume {}", part.subPath(), part.volume(), failure);
            throw new VolumeException(
                    "failed to prepare subPath for volumeMount \"%s\" of container \"%s\""
                            .formatted(part.volume(), part.container()),
                    failure);
        }
    }

    private static void check(String subPath) {
        if (subPath.startsWith("/")) {
            throw new VolumeException("error SubPath `%s` must not be an absolute path".formatted(subPath));
        }
        for (Path name : Path.of(subPath)) {
            if (name.toString().equals("..")) {
                throw new VolumeException("unable to provision SubPath `%s`: must not contain '..'".formatted(subPath));
            }
        }
    }

    private static Held found(PodVolumes.Part part) throws IOException {
        Path root = part.root().toRealPath();
        int mode = (int) Files.getAttribute(root, "unix:mode") & MODE_BITS;
        try {
            return new Beneath(root).entryOrDirectory(part.subPath(), mode);
        } catch (IOException failure) {
            if (Files.exists(part.root().resolve(part.subPath()), LinkOption.NOFOLLOW_LINKS)) {
                throw failure;
            }
            log.warn("subPath {} of volume {}", part.subPath(), part.volume(), failure);
            throw new VolumeException(
                    "failed to create subPath directory for volumeMount \"%s\" of container \"%s\""
                            .formatted(part.volume(), part.container()),
                    failure);
        }
    }

    private void show(Held held, Path place) throws IOException {
        // A container that starts again gets what the path means now.
        if (!mounts.under(place).isEmpty()) {
            if (identity(place).equals(identity(held.path()))) {
                return;
            }
            mounts.detach(place);
        }
        Files.createDirectories(place.getParent());
        boolean isDirectory = Files.isDirectory(held.path());
        if (Files.isDirectory(place) != isDirectory) {
            Files.deleteIfExists(place);
        }
        if (isDirectory) {
            Files.createDirectories(place);
        } else if (!Files.exists(place)) {
            Files.createFile(place);
        }
        mounts.bind(held, place);
    }

    private static Map<String, Object> identity(Path path) throws IOException {
        return Files.readAttributes(path, "unix:dev,ino");
    }
}
