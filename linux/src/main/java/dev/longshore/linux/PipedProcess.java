package dev.longshore.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A native tool whose streams are live: the caller's to use, or pumped by virtual threads.
public final class PipedProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PipedProcess.class);
    private static final int BUFFER = 16 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Process process;
    private final List<Thread> outputs = new ArrayList<>();

    private PipedProcess(Process process) {
        this.process = process;
    }

    /// Starts `arguments`; the program is found as [HostCommands] finds it. Its streams are the caller's to
    /// use, or to [#pump].
    ///
    /// @throws CommandFailedException when it could not be started
    public static PipedProcess start(List<String> arguments) {
        var builder = new ProcessBuilder(arguments);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        try {
            return new PipedProcess(builder.start());
        } catch (IOException missing) {
            var command = Commands.Command.of(arguments.toArray(String[]::new));
            throw new CommandFailedException(command, "cannot be run: " + missing.getMessage(), missing);
        }
    }

    /// Connects all its streams with the caller's ends until it ends.
    public void pump(InputStream in, OutputStream out, OutputStream err) {
        OutputStream input = process.getOutputStream();
        Thread.ofVirtual().name("pipe-in").start(() -> copyAndClose(in, input));
        outputs.add(Thread.ofVirtual().name("pipe-out").start(() -> copy(process.getInputStream(), out)));
        outputs.add(Thread.ofVirtual().name("pipe-err").start(() -> copy(process.getErrorStream(), err)));
    }

    /// As the host numbers it.
    public long pid() {
        return process.pid();
    }

    /// What it reads.
    public OutputStream input() {
        return process.getOutputStream();
    }

    /// What it prints.
    public InputStream output() {
        return process.getInputStream();
    }

    /// Waits for its end and its last words. A child that it left behind may hold the streams open: they are
    /// given up then.
    public int await() throws InterruptedException {
        int code = process.waitFor();
        drain();
        return code;
    }

    /// As [#await()], at most for `limit`.
    ///
    /// @return whether it has ended
    public boolean await(Duration limit) throws InterruptedException {
        boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (ended) {
            drain();
        }
        return ended;
    }

    /// Its exit code, once it has ended.
    public int exitCode() {
        return process.exitValue();
    }

    private void drain() throws InterruptedException {
        for (Thread output : outputs) {
            output.join(LAST_WORDS);
        }
    }

    /// Kills it, if it still runs, and lets go of its streams.
    @Override
    public void close() {
        process.destroyForcibly();
        closeQuietly(process.getOutputStream());
        closeQuietly(process.getInputStream());
        closeQuietly(process.getErrorStream());
    }

    private static void copyAndClose(InputStream in, OutputStream out) {
        copy(in, out);
        closeQuietly(out);
    }

    private static void copy(InputStream in, OutputStream out) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException gone) {
            log.debug("a pipe ended: {}", gone.getMessage());
        }
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception gone) {
            log.debug("a pipe was closed already: {}", gone.getMessage());
        }
    }
}
