package dev.longshore.images;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The steps by which something becomes lasting: write, sync, give it its name, sync the directory. All that must
/// survive a crash goes through here, so that a test can pull the plug at each step. Thread-safe.
interface Disk {

    /// This machine's.
    Disk HOST = new Disk() {};

    /// Writes all of `bytes` to `channel`, which is of `file`.
    default void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// What was written to `channel`, which is of `file`, survives from now on.
    default void sync(Path file, FileChannel channel) throws IOException {
        channel.force(true);
    }

    /// Gives `from` the name `to`, in one step, whatever had it.
    default void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Names in `directory` survive from now on.
    default void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Removes a file; true if it was there.
    default boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    /// Puts `content` at `to`, by way of `fresh`, so that there is the old or the new, whole, at any moment.
    default void replace(Path fresh, Path to, byte[] content) throws IOException {
        try (var channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(fresh, channel, ByteBuffer.wrap(content));
            sync(fresh, channel);
        }
        move(fresh, to);
        syncDirectory(to.getParent());
    }
}
