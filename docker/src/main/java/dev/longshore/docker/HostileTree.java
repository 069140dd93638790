package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;

/// Deletes directories while those whose they are may change them: each is entered by way of the one above it, which is
/// held open, so a link that takes its place in the last moment is not followed (openat(2), unlinkat(2)).
final class HostileTree {

    /// Each level costs a descriptor.
    private static final int DEEPEST = 512;

    private HostileTree() {}

    /// Deletes the directory `name` in `parent` with all that is in it.
    ///
    /// @param parent leads to a directory that is held
    /// @throws IOException when it is deeper than 512 levels, or changes too fast
    static void delete(Path parent, String name) throws IOException {
        try (DirectoryStream<Path> above = Files.newDirectoryStream(parent)) {
            delete(secure(above), Path.of(name), 0);
        }
    }

    private static void delete(SecureDirectoryStream<Path> above, Path name, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("directories are nested more than " + DEEPEST + " levels deep");
        }
        try (SecureDirectoryStream<Path> inside = above.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : inside) {
                remove(inside, child.getFileName(), depth);
            }
        }
        above.deleteDirectory(name);
    }

    private static void remove(SecureDirectoryStream<Path> directory, Path name, int depth) throws IOException {
        try {
            boolean isDirectory = directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes()
                    .isDirectory();
            if (isDirectory) {
                delete(directory, name, depth + 1);
            } else {
                directory.deleteFile(name);
            }
        } catch (NoSuchFileException vanished) {
            // Whose it is was quicker.
            return;
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("directories cannot be held open here");
    }
}
