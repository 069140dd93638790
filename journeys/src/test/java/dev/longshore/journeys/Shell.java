package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs the clients that people have, as they would.
final class Shell {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path directory;
    private final Map<String, String> environment;

    Shell(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    /// Runs to the end.
    Ran run(String... command) {
        return runWith("", command);
    }

    /// Runs to the end with `input` on standard input.
    Ran runWith(String input, String... command) {
        Process process = start(command);
        try {
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException hungUp) {
                // The command ended without reading its input: its exit status tells.
                process.onExit();
            }
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return fail("%s did not end within %s", String.join(" ", command), LIMIT);
            }
            return new Ran(String.join(" ", command), process.exitValue(), out.join(), err.join());
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// Starts it and leaves it running.
    Process start(String... command) {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException missing) {
            throw new UncheckedIOException("cannot run " + Arrays.toString(command), missing);
        }
    }

    /// True if PATH has `tool`.
    static boolean has(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    /// Every kubectl of this machine: that on PATH, and those under versioned names beside it.
    List<String> kubectls() {
        var found = new ArrayList<>(List.of("kubectl"));
        for (String name : text(start("sh", "-c", "ls $(dirname $(readlink -f $(command -v kubectl)))/kubectl.1.*")
                        .getInputStream())
                .split("\n")) {
            if (!name.isBlank()) {
                found.add(name);
            }
        }
        return found;
    }

    /// On a thread of its own: the common pool may have only one, which another command keeps waiting.
    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(() -> text(stream), Thread::startVirtualThread);
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
