package dev.longshore.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts real processes on this host.
public final class HostCommands implements Commands {

    private static final Logger log = LoggerFactory.getLogger(HostCommands.class);
    private static final int LARGEST_OUTPUT = 16 << 20;

    @Override
    public Result run(Command command) throws InterruptedException {
        Process process = start(command);
        try {
            var out = new Drain(process.getInputStream());
            var err = new Drain(process.getErrorStream());
            // Aside: what hangs reads no input either.
            Thread.ofVirtual().name("feed").start(() -> feed(process, command));
            if (!process.waitFor(command.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CommandTimedOutException(command, command.limit());
            }
            return new Result(process.exitValue(), out.text(), err.text());
        } finally {
            if (process.isAlive()) {
                // What hangs may be what it has started.
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private static Process start(Command command) {
        var builder = new ProcessBuilder(command.arguments());
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        builder.environment().putAll(command.environment());
        try {
            return builder.start();
        } catch (IOException missing) {
            throw new CommandFailedException(command, "cannot be run: " + missing.getMessage(), missing);
        }
    }

    private static void feed(Process process, Command command) {
        try (var in = process.getOutputStream()) {
            in.write(command.input());
        } catch (IOException hungUp) {
            log.debug("{} did not read its input: {}", command, hungUp.getMessage());
        }
    }

    /// Reads a stream to its end on a thread of its own. The stream may outlive the process, in a child that it
    /// left.
    private static final class Drain {
        private static final long PATIENCE_MILLIS = 1000;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Drain(InputStream stream) {
            thread = Thread.ofVirtual().name("drain").start(() -> copy(stream));
        }

        String text() throws InterruptedException {
            thread.join(PATIENCE_MILLIS);
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }

        private void copy(InputStream stream) {
            byte[] buffer = new byte[8192];
            try (stream) {
                for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                    synchronized (bytes) {
                        bytes.write(buffer, 0, Math.min(read, LARGEST_OUTPUT - bytes.size()));
                    }
                }
            } catch (IOException closed) {
                log.debug("output ended: {}", closed.getMessage());
            }
        }
    }
}
