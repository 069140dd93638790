package dev.longshore.journeys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// Of those that hold it only one has a cluster on the host at a time. Its other half is `RunningEngine` of `guests`.
final class HostLock implements AutoCloseable {

    /// Several times what the others need.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// Whoever looks this often comes before those who look at leisure.
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    private static final Duration AT_LEISURE = Duration.ofSeconds(3);

    private final FileChannel file;

    private HostLock(FileChannel file) {
        this.file = file;
    }

    /// As soon as nobody has it, for those that others wait for.
    static HostLock first() throws IOException {
        return taken(AT_ONCE);
    }

    private static HostLock taken(Duration poll) throws IOException {
        Path target = Files.createDirectories(RunningCluster.ROOT.resolve("target"));
        var file = FileChannel.open(target.resolve("host.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Awaitility.await("the others' clusters to end")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(poll)
                .until(() -> isLocked(file));
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

    /// For a class of tests that has clusters of its own.
    static final class InTurn implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) throws IOException {
            // Whoever keeps it closes it after the class.
            context.getStore(Namespace.create(HostLock.class)).put(HostLock.class, taken(AT_LEISURE));
        }
    }
}
