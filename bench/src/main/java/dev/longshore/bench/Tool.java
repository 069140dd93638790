package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A command of this machine, run with the same environment and beginning each time. Its peak of memory is the
/// largest that was seen while it ran.
final class Tool {

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int SHOWN = 2000;

    private final Map<String, String> environment;
    private final List<String> beginning;
    private final Path log;
    private final Time time = Time.system();
    private final AtomicLong peak = new AtomicLong();

    Tool(Path log, Map<String, String> environment, List<String> beginning) {
        this.log = log;
        this.environment = new LinkedHashMap<>(environment);
        this.beginning = List.copyOf(beginning);
    }

    /// Runs it to its end.
    ///
    /// @throws IOException with the end of what it said, when it fails
    void run(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(beginning);
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        long begun = time.nanoTime();
        try {
            while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                peak.accumulateAndGet(Memory.peak(process.pid()), Math::max);
                if (time.nanoTime() - begun > LIMIT.toNanos()) {
                    throw new IOException(command + " takes longer than " + LIMIT);
                }
            }
        } finally {
            process.destroy();
        }
        if (process.exitValue() != 0) {
            byte[] said = Files.readAllBytes(log);
            int shown = Math.min(SHOWN, said.length);
            throw new IOException(command + " failed with " + process.exitValue() + ": "
                    + new String(said, said.length - shown, shown, StandardCharsets.UTF_8));
        }
    }

    /// The same.
    void run(String... arguments) throws IOException, InterruptedException {
        run(List.of(arguments));
    }

    /// The same where something ends: an interruption is a failure like others.
    void runAtEnd(String... arguments) throws IOException {
        try {
            run(arguments);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: " + beginning);
        }
    }

    /// The most memory that it had since this was last asked, in bytes.
    long takePeak() {
        return peak.getAndSet(0);
    }
}
