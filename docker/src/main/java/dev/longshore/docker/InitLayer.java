package dev.longshore.docker;

import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LayerTree;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Prepares files for a container: the layer between image and container, which holds what is mounted upon, and
/// the first content of empty volumes.
record InitLayer(LocalImages local) {

    private static final List<String> DIRECTORIES = List.of("/dev/pts", "/dev/shm", "/proc", "/sys");
    private static final List<String> FILES =
            List.of("/.dockerenv", "/dev/console", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf");
    private static final int READABLE = 0755;

    /// Makes the layer in `directory` over the layers `lowers`: without it, what a runtime needs to mount upon
    /// would look like the container's own changes.
    void make(Path directory, List<Path> lowers) throws IOException {
        Files.createDirectories(directory);
        Files.setAttribute(directory, "unix:mode", READABLE);
        LayerTree tree = local.layers().tree(directory, lowers);
        for (String path : DIRECTORIES) {
            if (tree.merged().find(path).isEmpty()) {
                quietly(() -> tree.directory(path, LayerTree.Owner.ROOT));
            }
        }
        for (String path : FILES) {
            if (tree.merged().find(path).isEmpty()) {
                quietly(() -> {
                    int slash = path.lastIndexOf('/');
                    Path parent = tree.directory(path.substring(0, slash + 1), LayerTree.Owner.ROOT);
                    Path file = Files.createFile(parent.resolve(path.substring(slash + 1)));
                    Files.setAttribute(file, "unix:mode", READABLE);
                });
            }
        }
    }

    private interface Making {
        void make() throws IOException;
    }

    // An image may have a file where a directory should be: then the runtime will say so, and better.
    private static void quietly(Making making) throws IOException {
        try {
            making.make();
        } catch (ImageFaultException | java.nio.file.FileAlreadyExistsException strange) {
            return;
        }
    }

    /// Gives the empty volume at `volume` what the image (`lowers`) has at `path`.
    void fill(Path volume, List<Path> lowers, String path) throws IOException {
        try (Stream<Path> inside = Files.list(volume)) {
            if (inside.findAny().isPresent()) {
                return;
            }
        }
        MergedTree image = local.layers().merged(lowers);
        String from = image.resolve(path);
        Optional<Path> there = image.find(from);
        if (there.isEmpty() || !Files.isDirectory(there.get(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        LayerTree target = local.layers().tree(volume, List.of());
        dress(there.get(), volume);
        copy(image, from, target, volume, "");
    }

    private void copy(MergedTree image, String from, LayerTree target, Path volume, String to) throws IOException {
        for (Map.Entry<String, Path> child : image.list(from).entrySet()) {
            String path = to + "/" + child.getKey();
            Path source = child.getValue();
            if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                Path made = Files.createDirectory(volume.resolve(path.substring(1)));
                copy(image, from + "/" + child.getKey(), target, volume, path);
                dress(source, made);
            } else {
                target.copy(source, path, owner(source), -1);
            }
        }
    }

    private static void dress(Path like, Path directory) throws IOException {
        for (String attribute : List.of("unix:uid", "unix:gid")) {
            Files.setAttribute(directory, attribute, Files.getAttribute(like, attribute));
        }
        int mode = (Integer) Files.getAttribute(like, "unix:mode");
        Files.setAttribute(directory, "unix:mode", mode & 07777);
        Files.setLastModifiedTime(directory, Files.getLastModifiedTime(like));
    }

    private static LayerTree.Owner owner(Path path) throws IOException {
        return new LayerTree.Owner((Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS), (Integer)
                Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS));
    }
}
