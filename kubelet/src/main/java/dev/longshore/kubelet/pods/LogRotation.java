package dev.longshore.kubelet.pods;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps container logs small: one that has grown over 10 MiB is copied aside and cut to nothing in place, and
/// of the copies four are kept. Cut in place, because the monitor that writes the log opened it for appending
/// and cannot be told to open another; a record written in the instant between the last byte copied and the cut
/// is lost.
public final class LogRotation implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogRotation.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Containers containers;
    private final Time time;
    private final long largest;
    private final int kept;
    private final Thread thread;

    /// With the usual sizes.
    public LogRotation(Containers containers, Time time) {
        this(containers, time, 10L << 20, 5);
    }

    /// Rotates logs larger than `largest` bytes, so that there are at most `kept` files of each.
    LogRotation(Containers containers, Time time, long largest, int kept) {
        this.containers = requireNonNull(containers, "containers");
        this.time = requireNonNull(time, "time");
        this.largest = largest;
        this.kept = kept;
        this.thread = Thread.ofVirtual().name("kubelet-logs").unstarted(this::run);
    }

    /// Starts looking every ten seconds.
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                time.sleep(PERIOD);
                rotateAll();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks once at the log of every container that runs.
    void rotateAll() {
        for (ContainerStatus status : containers.list()) {
            if (status.state() == ContainerStatus.State.RUNNING) {
                try {
                    rotate(status.logFile());
                } catch (IOException failure) {
                    log.warn("log {} not rotated", status.logFile(), failure);
                }
            }
        }
    }

    private void rotate(Path file) throws IOException {
        try {
            if (Files.size(file) <= largest) {
                return;
            }
        } catch (NoSuchFileException none) {
            return;
        }
        Path copy = file.resolveSibling(file.getFileName() + "." + STAMP.format(time.now()));
        try (var from = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var to = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            long copied = 0;
            while (copied < from.size()) {
                long count = from.transferTo(copied, from.size() - copied, to);
                if (count <= 0) {
                    throw new IOException("cannot copy further than byte " + copied);
                }
                copied += count;
            }
            from.truncate(0);
        }
        forgetOldest(file);
    }

    private void forgetOldest(Path file) throws IOException {
        List<Path> copies = new ArrayList<>();
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(file.getParent(), file.getFileName() + ".*")) {
            siblings.forEach(copies::add);
        }
        Collections.sort(copies);
        for (int i = 0; i < copies.size() - (kept - 1); i++) {
            Files.deleteIfExists(copies.get(i));
        }
    }
}
