package dev.longshore.builder.stage;

import dev.longshore.builder.graph.GlobalArguments;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/// SOURCE_DATE_EPOCH (reproducible-builds.org): the moment at which a build says it was made.
final class Epoch {

    private static final String NAME = "SOURCE_DATE_EPOCH";

    private Epoch() {}

    /// What the arguments say; empty if nothing, or if it is set to nothing.
    ///
    /// @throws IllegalArgumentException when it is no number of seconds
    static Optional<Instant> of(GlobalArguments arguments, Wishes wishes) {
        String text = wishes.arguments().getOrDefault(NAME, arguments.values().getOrDefault(NAME, ""));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
        } catch (NumberFormatException | java.time.DateTimeException wrong) {
            throw new IllegalArgumentException("invalid " + NAME + ": " + text + " is no number of seconds", wrong);
        }
    }

    /// Makes nothing under `root` newer than `epoch`; links are not followed.
    static void rewrite(Path root, Instant epoch) throws IOException {
        FileTime latest = FileTime.from(epoch);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                clamp(file, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                clamp(directory, Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
                return FileVisitResult.CONTINUE;
            }

            private void clamp(Path path, BasicFileAttributes attributes) throws IOException {
                if (attributes.lastModifiedTime().compareTo(latest) > 0) {
                    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .setTimes(latest, null, null);
                }
            }
        });
    }
}
