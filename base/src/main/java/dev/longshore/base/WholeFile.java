package dev.longshore.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Small files that are there as a whole or not at all: what is written gets its name when it is complete, so that
/// readers, and whoever comes after a process that was killed, find the old or the new. Unless it says so, nothing is
/// synced: it need not survive a machine that loses its power. One writer a file.
public final class WholeFile {

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private WholeFile() {}

    /// Puts `bytes` at `file`, in a directory that exists, in place of what is there.
    ///
    /// @throws IOException when that cannot be done; what was there stays
    public static void write(Path file, byte[] bytes) throws IOException {
        put(draft(file), file, bytes);
    }

    /// The same, and only our own user may read it.
    public static void writePrivately(Path file, byte[] bytes) throws IOException {
        Path draft = draft(file);
        // One that a killed process left may have other rights.
        Files.deleteIfExists(draft);
        Files.createFile(draft, OURS_ALONE);
        put(draft, file, bytes);
    }

    /// As [#writePrivately], and synced: for keys, without which nothing else that is kept is worth much.
    public static void writeForGood(Path file, byte[] bytes) throws IOException {
        Path draft = draft(file);
        Files.deleteIfExists(draft);
        Files.createFile(draft, OURS_ALONE);
        put(draft, file, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        try (var directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static Path draft(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    private static void put(Path draft, Path file, byte[] bytes, OpenOption... how) throws IOException {
        try {
            Files.write(draft, bytes, how);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException denied) {
            discard(draft, denied);
            throw denied;
        }
    }

    /// What fits on a full disk is cut off, and would take up what little room there is.
    private static void discard(Path draft, IOException why) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException alsoDenied) {
            why.addSuppressed(alsoDenied);
        }
    }
}
