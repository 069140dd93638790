package dev.longshore.kubelet.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// On which file systems a node keeps things. What containers write is with the node; images may be on a file system
/// of their own (`imagefs`).
///
/// @param node a directory on the node's file system
/// @param images where images are
public record NodeDisks(Path node, Path images) {

    private static final String IMAGES = "imagefs.";

    /// All on one.
    public static NodeDisks one(Path directory) {
        return new NodeDisks(directory, directory);
    }

    /// Whether images are on a file system of their own; not while they cannot be found.
    public boolean areImagesApart() {
        try {
            return !Files.getFileStore(node).equals(Files.getFileStore(images));
        } catch (IOException unknown) {
            return false;
        }
    }

    /// Whether images are on the file system that `signal` tells of, as `nodefs.available`.
    public boolean holdsImages(String signal) {
        return signal.startsWith(IMAGES) || !areImagesApart();
    }

    /// Whether that is so of what pods write.
    public boolean holdsPods(String signal) {
        return !signal.startsWith(IMAGES) || !areImagesApart();
    }
}
