package dev.longshore.builder.cache;

import dev.longshore.images.FileStat;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;

/// Whole directories of strangers: no link is followed, and what vanishes meanwhile is no failure.
public final class Trees {

    private Trees() {}

    /// How many bytes the regular files under `root` have; hard links count once.
    public static long bytes(Path root) throws IOException {
        var seen = new HashSet<String>();
        long[] bytes = new long[1];
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    Optional<FileStat> stat = FileStat.of(file);
                    boolean counts = stat.isPresent()
                            && (stat.get().links() < 2 || seen.add(stat.get().identity()));
                    bytes[0] += counts ? stat.get().size() : 0;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    /// Removes `root` and all under it; nothing happens when it is not there.
    public static void delete(Path root) throws IOException {
        if (FileStat.of(root).isEmpty()) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
