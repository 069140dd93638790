package dev.longshore.kubelet.node;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// What is below a directory, itself among it.
///
/// @param files of all kinds, each of which takes an inode
public record TreeSize(long bytes, long files) {

    /// Nothing at all.
    public static final TreeSize NONE = new TreeSize(0, 0);

    /// Of `directory`, or of a file. Links are not followed, and what vanishes meanwhile is left out.
    public static TreeSize of(Path directory) {
        var walk = new Walk();
        try {
            Files.walkFileTree(directory, walk);
        } catch (IOException gone) {
            return walk.size();
        }
        return walk.size();
    }

    /// Both together.
    public TreeSize plus(TreeSize other) {
        return new TreeSize(bytes + other.bytes, files + other.files);
    }

    private static final class Walk extends SimpleFileVisitor<Path> {
        private long bytes;
        private long files;

        TreeSize size() {
            return new TreeSize(bytes, files);
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files++;
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException vanished) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException vanished) {
            return FileVisitResult.CONTINUE;
        }
    }
}
