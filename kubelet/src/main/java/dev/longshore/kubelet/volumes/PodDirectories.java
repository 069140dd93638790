package dev.longshore.kubelet.volumes;

import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What pods have on this node's disk and in its memory. Nothing is deleted through a mount: first all mounts go, then
/// the directories.
final class PodDirectories {

    static final String DEVICES = "volumeDevices";

    private static final int MOST_LAYERS = 8;

    private final Path root;
    private final Path memory;
    private final DirectMounts mounts;

    PodDirectories(Path root, Path memory, DirectMounts mounts) {
        this.root = root;
        this.memory = memory;
        this.mounts = mounts;
    }

    /// The pod's own directory.
    Path of(String podUid) {
        return root.resolve("pods").resolve(podUid);
    }

    /// The same, there now; only the node's own user may enter.
    Path made(String podUid) throws IOException {
        return made(of(podUid));
    }

    /// Its directory for what shall not be written to a disk.
    Path madeInMemory(String podUid) throws IOException {
        return made(memory.resolve(podUid));
    }

    /// Deletes all that the pod's volumes left.
    ///
    /// @throws VolumeException when something is still mounted
    void remove(String podUid) {
        Path own = of(podUid);
        try {
            for (int layer = 0; layer < MOST_LAYERS; layer++) {
                List<Mounts.Mount> left = mounts.under(own);
                if (left.isEmpty()) {
                    break;
                }
                for (Mounts.Mount mount : left) {
                    mounts.detach(mount.point());
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        List<Mounts.Mount> left = mounts.under(own);
        if (!left.isEmpty()) {
            throw new VolumeException("volumes of pod %s are still mounted: %s".formatted(podUid, left));
        }
        for (String part : List.of("volumes", "volume-subpaths", "plugins", DEVICES)) {
            Trees.remove(own.resolve(part));
        }
        Trees.remove(memory.resolve(podUid));
    }

    /// The uids of all pods that have something here.
    Set<String> pods() {
        var all = new HashSet<String>();
        for (Path parent : List.of(root.resolve("pods"), memory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
                entries.forEach(entry -> all.add(entry.getFileName().toString()));
            } catch (NoSuchFileException none) {
                // No pod has ever been here.
                continue;
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return all;
    }

    private static Path made(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        }
        return directory;
    }
}
