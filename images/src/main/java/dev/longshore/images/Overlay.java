package dev.longshore.images;

import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The marks that overlayfs leaves in layers (kernel documentation, filesystems/overlayfs).
final class Overlay {

    static final String PREFIX = "trusted.overlay.";
    private static final String OPAQUE = "trusted.overlay.opaque";
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    private Overlay() {}

    /// True for extended attributes that images carry. `trusted.*` would let an archive speak overlayfs; the rest
    /// belongs to this host.
    static boolean isOfImages(String attribute) {
        return attribute.startsWith("user.") || attribute.equals("security.capability");
    }

    /// Gives `to` the attributes of `from` that images carry.
    static void copyAttributes(Inodes inodes, Path from, Path to) throws IOException {
        for (var attribute : inodes.attributes(from).entrySet()) {
            if (isOfImages(attribute.getKey())) {
                inodes.setAttribute(to, attribute.getKey(), attribute.getValue());
            }
        }
    }

    static boolean isOpaque(Inodes inodes, Path directory) throws IOException {
        return inodes.attribute(directory, OPAQUE)
                .map(value -> Arrays.equals(value, YES))
                .orElse(false);
    }

    static void makeOpaque(Inodes inodes, Path directory) throws IOException {
        inodes.setAttribute(directory, OPAQUE, YES);
    }

    static void makeWhiteout(Inodes inodes, Path path) throws IOException {
        inodes.makeNode(path, FileStat.CHARACTER_DEVICE, 0, 0);
    }

    /// Removes `root` and all under it; follows no link. Nothing happens when it is not there.
    static void deleteTree(Path root) throws IOException {
        var stat = FileStat.of(root);
        if (stat.isEmpty()) {
            return;
        }
        if (stat.get().isDirectory()) {
            for (Path child : children(root)) {
                deleteTree(child);
            }
        }
        Files.deleteIfExists(root);
    }

    /// Read whole before anybody goes deeper, so that a deep tree does not hold a descriptor per level.
    static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }
}
