package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// Makes sure that one server at a time works on a data directory, and says which by its pid file.
final class DirectoryLock implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int TRIES = 1200;

    private final Path pidFile;
    private final FileChannel channel;

    /// Another server has the lock.
    private static final class HeldException extends CommandFailure {
        private static final long serialVersionUID = 1L;

        HeldException(String message) {
            super(message);
        }
    }

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
            try {
                return taken(directory, channel);
            } catch (IOException | RuntimeException failure) {
                channel.close();
                throw failure;
            }
        } catch (AccessDeniedException denied) {
            throw unwritable(directory, "permission denied", denied);
        } catch (FileSystemException refused) {
            throw unwritable(directory, refused.getReason() == null ? "not a directory" : refused.getReason(), refused);
        } catch (IOException failure) {
            throw unwritable(directory, failure.getMessage(), failure);
        }
    }

    private static DirectoryLock taken(DataDirectory directory, FileChannel channel) throws IOException {
        if (!FileLocks.attempt(channel)) {
            throw new HeldException("a server runs on %s already (pid %s); `longshore status` tells more"
                    .formatted(directory.root(), pid(directory)));
        }
        Files.writeString(directory.pidFile(), ProcessHandle.current().pid() + "\n");
        return new DirectoryLock(directory.pidFile(), channel);
    }

    /// Takes the lock as soon as the server that has it has ended, which is under way.
    ///
    /// @throws CommandFailure when that takes more than a minute
    static DirectoryLock awaited(DataDirectory directory) throws InterruptedException {
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                return take(directory);
            } catch (HeldException held) {
                Time.system().sleep(PAUSE);
            }
        }
        return take(directory);
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
