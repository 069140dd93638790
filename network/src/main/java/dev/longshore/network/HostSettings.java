package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The settings of the whole host that clusters need: the first cluster records and sets them, the last one
/// puts them back. The directory lies on a file system that a reboot empties, as the settings are.
///
/// ```
/// DIR/lock            held while one changes anything here
///     ip_forward      what it was before the first cluster
///     users/ID        one for each cluster that needs it
/// ```
final class HostSettings {

    private static final String SETTING = "ip_forward";
    private static final String WANTED = "1";
    private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

    private final Path directory;
    private final Commands commands;

    HostSettings(Path directory, Commands commands) {
        this.directory = directory;
        this.commands = commands;
    }

    /// Makes the host forward packets, for `cluster`.
    void acquire(ClusterId cluster) throws InterruptedException {
        alone(() -> {
            Path original = directory.resolve(SETTING);
            Files.createDirectories(users());
            if (!Files.exists(original)) {
                Files.writeString(original, read());
            }
            Files.writeString(users().resolve(cluster.value()), "");
            write(WANTED);
        });
    }

    /// `cluster` needs it no more; harmless when it never did.
    void release(ClusterId cluster) throws InterruptedException {
        alone(() -> {
            Path original = directory.resolve(SETTING);
            boolean wasUser = Files.deleteIfExists(users().resolve(cluster.value()));
            if (wasUser && hasNoUsers() && Files.exists(original)) {
                write(Files.readString(original).strip());
                Files.delete(original);
            }
        });
    }

    private interface Change {
        void run() throws IOException, InterruptedException;
    }

    private void alone(Change change) throws InterruptedException {
        // A file lock is the process's, and one process may hold several clusters.
        WITHIN_PROCESS.lockInterruptibly();
        try {
            Files.createDirectories(directory);
            try (var lock =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                change.run();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            WITHIN_PROCESS.unlock();
        }
    }

    private boolean hasNoUsers() throws IOException {
        try (Stream<Path> files = Files.list(users())) {
            return files.findAny().isEmpty();
        }
    }

    private Path users() {
        return directory.resolve("users");
    }

    private static String file() {
        return "/proc/sys/net/ipv4/" + SETTING;
    }

    private String read() throws InterruptedException {
        return commands.require("cat", file()).out().strip();
    }

    private void write(String value) throws InterruptedException {
        commands.require(Command.of("sh", "-c", "echo \"$1\" > \"$2\"", "sh", value, file()));
    }
}
