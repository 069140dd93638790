package dev.longshore.builder.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The host's `git`, knowing nothing of the host: no configuration, no hooks, no credentials, no prompts, no
/// protocols but those of the network. Interrupting the thread ends it.
final class Git {

    private static final int LARGEST_OUTPUT = 4 << 20;
    private static final int LONGEST_MESSAGE = 2000;

    private final Path home;
    private final Duration limit;

    /// With its home in the empty directory `home`, for at most `limit` each time.
    Git(Path home, Duration limit) {
        this.home = home;
        this.limit = limit;
    }

    /// What it says when it is run in `directory`.
    ///
    /// @throws FetchException with what it complains of, when it fails or takes too long
    String run(Path directory, String... arguments) throws IOException, InterruptedException {
        Process process = start(directory, arguments);
        try {
            process.getOutputStream().close();
            CompletableFuture<String> said = drained(process.getInputStream());
            CompletableFuture<String> complaints = drained(process.getErrorStream());
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FetchException("git " + arguments[0] + " did not end within " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new FetchException("git " + arguments[0] + ": " + shortened(complaints.get()));
            }
            return said.get();
        } catch (ExecutionException broken) {
            throw new IOException("cannot read what git says", broken.getCause());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start(Path directory, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                "git",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "credential.helper=",
                "-c",
                "init.defaultBranch=main",
                "-c",
                "advice.detachedHead=false",
                "-c",
                "gc.auto=0"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        var environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("GIT_ASKPASS", "/bin/false");
        environment.put("GIT_ALLOW_PROTOCOL", "http:https:ssh:git");
        environment.put("GIT_SSH_COMMAND", "ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30");
        try {
            return builder.start();
        } catch (IOException missing) {
            throw new FetchException("git cannot be run: install git to build from repositories", missing);
        }
    }

    private static CompletableFuture<String> drained(InputStream stream) {
        var text = new CompletableFuture<String>();
        Thread.ofVirtual().name("git-output").start(() -> {
            try (stream) {
                byte[] kept = stream.readNBytes(LARGEST_OUTPUT);
                stream.skip(Long.MAX_VALUE);
                text.complete(new String(kept, StandardCharsets.UTF_8));
            } catch (IOException broken) {
                text.completeExceptionally(broken);
            }
        });
        return text;
    }

    private static String shortened(String text) {
        String clean = text.strip();
        return clean.length() <= LONGEST_MESSAGE ? clean : clean.substring(0, LONGEST_MESSAGE) + "…";
    }
}
