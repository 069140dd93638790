package dev.longshore.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the clusters of one host from changing at the same time what they share in a directory.
final class HostLock {

    /// A file lock belongs to the whole process, and one process may run several clusters.
    private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

    private final Path directory;

    HostLock(Path directory) {
        this.directory = directory;
    }

    /// What is done alone.
    interface Change<T> {
        T run() throws IOException, InterruptedException;
    }

    /// Makes the directory and runs `change` while nobody else does.
    <T> T alone(Change<T> change) throws IOException, InterruptedException {
        WITHIN_PROCESS.lockInterruptibly();
        try {
            Files.createDirectories(directory);
            try (var file =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.lock();
                return change.run();
            }
        } finally {
            WITHIN_PROCESS.unlock();
        }
    }
}
