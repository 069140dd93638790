package dev.longshore.journeys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.Awaitility;

/// The host is ours alone: no other module's tests have a cluster on it meanwhile. Its other half is `RunningEngine` of
/// `guests`.
final class HostLock implements AutoCloseable {

    /// Several times what the others need.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final FileChannel file;

    private HostLock(FileChannel file) {
        this.file = file;
    }

    /// Waits for it, within limits.
    static HostLock taken() throws IOException {
        Path target = Files.createDirectories(RunningCluster.ROOT.resolve("target"));
        var file = FileChannel.open(target.resolve("host.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Awaitility.await("the others' clusters to end").atMost(PATIENCE).until(() -> isLocked(file));
        return new HostLock(file);
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        FileLock lock = file.tryLock();
        return lock != null;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
