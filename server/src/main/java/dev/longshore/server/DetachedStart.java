package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.UpOptions;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `up --detach`: starts a server of its own session, shows what it prints, and returns when it is ready or has
/// failed.
final class DetachedStart {

    /// The line by which a server says that its node is Ready.
    static final String READY = "Ready.";

    private static final String FLAG = "--detach";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(20);

    private final UpOptions options;
    private final List<String> arguments;
    private final PrintWriter out;

    /// @param arguments all that the program was called with; the server gets them too, but does not detach again
    DetachedStart(UpOptions options, List<String> arguments, PrintWriter out) {
        this.options = options;
        this.arguments = List.copyOf(arguments);
        this.out = out;
    }

    int run() throws InterruptedException {
        DirectoryLock.take(options.directory()).close();
        Path log = options.directory().logs().resolve("up.log");
        Process server = start(log);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        var shown = new StringBuilder();
        while (System.nanoTime() < deadline) {
            boolean isAlive = server.isAlive();
            String fresh = read(log, shown.toString().getBytes(StandardCharsets.UTF_8).length);
            shown.append(fresh);
            out.print(fresh);
            out.flush();
            if (shown.toString().contains(READY)) {
                return 0;
            }
            if (!isAlive) {
                return server.exitValue() == 0 ? 1 : server.exitValue();
            }
            Thread.sleep(POLL);
        }
        throw new CommandFailure("the server did not become ready within %d minutes; see %s and `longshore status`"
                .formatted(LIMIT.toMinutes(), options.directory().logs()));
    }

    private Process start(Path log) {
        var command = new ArrayList<String>(List.of(
                "setsid",
                Path.of(System.getProperty("longshore.home", "."), "longshore").toString()));
        arguments.stream().filter(argument -> !isDetach(argument)).forEach(command::add);
        // Also over what a configuration file says.
        command.add(FLAG + "=false");
        try {
            Files.deleteIfExists(log);
            return new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(log.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException failure) {
            throw new CommandFailure("cannot start the server: " + failure.getMessage(), failure);
        }
    }

    private static boolean isDetach(String argument) {
        return argument.equals(FLAG) || argument.startsWith(FLAG + "=");
    }

    private static String read(Path log, long from) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] fresh = new byte[(int) Math.max(0, file.length() - from)];
            file.seek(from);
            file.readFully(fresh);
            int end = fresh.length;
            while (end > 0 && fresh[end - 1] != '\n') {
                end--;
            }
            return new String(fresh, 0, end, StandardCharsets.UTF_8);
        } catch (IOException notYet) {
            return "";
        }
    }
}
