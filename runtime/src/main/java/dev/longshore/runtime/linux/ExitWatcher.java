package dev.longshore.runtime.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of exit files as conmon renames them into place, and between them, every two seconds, asks for a
/// sweep: a conmon that was killed leaves no file, and the kernel may drop events.
final class ExitWatcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ExitWatcher.class);
    private static final long SWEEP_SECONDS = 2;

    private final Path directory;
    private final Consumer<String> exited;
    private final Runnable sweep;
    private WatchService service;
    private Thread thread;

    /// @param exited called with the id of a container whose exit file is there
    ExitWatcher(Path directory, Consumer<String> exited, Runnable sweep) {
        this.directory = directory;
        this.exited = exited;
        this.sweep = sweep;
    }

    synchronized void start() {
        try {
            service = directory.getFileSystem().newWatchService();
            directory.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
        thread = Thread.ofPlatform().daemon().name("container-exits").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                WatchKey key = service.poll(SWEEP_SECONDS, TimeUnit.SECONDS);
                if (key == null) {
                    guarded(sweep);
                    continue;
                }
                key.pollEvents().forEach(event -> {
                    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
                        guarded(sweep);
                    } else {
                        guarded(() -> exited.accept(event.context().toString()));
                    }
                });
                key.reset();
            }
        } catch (ClosedWatchServiceException closed) {
            log.debug("no longer watching {}", directory);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failure) {
            log.error("an exit could not be noted", failure);
        }
    }

    /// What the exit file at `file` says, and since when.
    static Optional<ExitCode> read(Path file) {
        try {
            int code = Integer.parseInt(Files.readString(file).strip());
            return Optional.of(
                    new ExitCode(code, Files.getLastModifiedTime(file).toInstant()));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        } catch (IOException | NumberFormatException unreadable) {
            log.warn("{} does not tell an exit code: {}", file, unreadable.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        if (service == null) {
            return;
        }
        try {
            service.close();
            thread.join(TimeUnit.SECONDS.toMillis(SWEEP_SECONDS));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// As conmon saw it.
    record ExitCode(int code, Instant at) {}
}
