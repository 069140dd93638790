package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Makes sure that one server at a time works on a data directory, and says which by its pid file.
final class DirectoryLock implements AutoCloseable {

    private final Path pidFile;
    private final FileChannel channel;

    private DirectoryLock(Path pidFile, FileChannel channel) {
        this.pidFile = pidFile;
        this.channel = channel;
    }

    /// Takes the lock.
    ///
    /// @throws CommandFailure when another server has it, or the directory cannot be written
    static DirectoryLock take(DataDirectory directory) {
        try {
            Files.createDirectories(directory.root());
            Files.createDirectories(directory.logs());
            var channel = FileChannel.open(directory.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new CommandFailure("a server runs on %s already (pid %s); `longshore status` tells more"
                        .formatted(directory.root(), pid(directory)));
            }
            Files.writeString(directory.pidFile(), ProcessHandle.current().pid() + "\n");
            return new DirectoryLock(directory.pidFile(), channel);
        } catch (AccessDeniedException denied) {
            throw unwritable(directory, "permission denied", denied);
        } catch (FileSystemException refused) {
            throw unwritable(directory, refused.getReason() == null ? "not a directory" : refused.getReason(), refused);
        } catch (IOException failure) {
            throw unwritable(directory, failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(pidFile);
            channel.close();
        } catch (IOException leftBehind) {
            throw new IllegalStateException("cannot release " + pidFile, leftBehind);
        }
    }

    private static CommandFailure unwritable(DataDirectory directory, String why, IOException cause) {
        return new CommandFailure(
                "cannot write to %s (%s); choose another directory with --data-dir".formatted(directory.root(), why),
                cause);
    }

    private static String pid(DataDirectory directory) {
        try {
            return Files.readString(directory.pidFile()).strip();
        } catch (IOException unknown) {
            return "unknown";
        }
    }
}
