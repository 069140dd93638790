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
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// SOURCE_DATE_EPOCH (reproducible-builds.org): the moment at which a build says it was made.
final class Epoch {

    static final String NAME = "SOURCE_DATE_EPOCH";

    private Epoch() {}

    /// What the arguments say, unread; empty if nothing, or if it is set to nothing.
    static String text(GlobalArguments arguments, Wishes wishes) {
        return wishes.arguments().getOrDefault(NAME, arguments.values().getOrDefault(NAME, ""));
    }

    /// The moment that `text` says in seconds; empty if it says something else.
    ///
    /// @throws IllegalArgumentException when there is no such moment
    static Optional<Instant> seconds(String text) {
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
        } catch (NumberFormatException other) {
            return Optional.empty();
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException("invalid " + NAME + ": " + text, wrong);
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
