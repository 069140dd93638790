package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
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

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(20);

    private final UpOptions options;
    private final Path config;
    private final PrintWriter out;

    DetachedStart(UpOptions options, Path config, PrintWriter out) {
        this.options = options;
        this.config = config;
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
        DataDirectory directory = options.directory();
        var command = new ArrayList<String>(List.of(
                "setsid",
                Path.of(System.getProperty("longshore.home", "."), "longshore").toString(),
                "up",
                "--data-dir",
                directory.root().toString(),
                "--name",
                options.name()));
        options.apiPort().ifPresent(port -> command.addAll(List.of("--api-port", String.valueOf(port))));
        options.registryPort().ifPresent(port -> command.addAll(List.of("--registry-port", String.valueOf(port))));
        if (!options.runtimeConfig().isEmpty()) {
            command.addAll(List.of("--runtime-config", options.runtimeConfig()));
        }
        command.addAll(List.of(
                "--max-requests-inflight",
                String.valueOf(options.inflight().reading()),
                "--max-mutating-requests-inflight",
                String.valueOf(options.inflight().mutating()),
                "--event-ttl",
                options.eventLife().toMillis() + "ms",
                "--etcd-compaction-interval",
                options.compaction().toMillis() + "ms",
                "--metric-resolution",
                options.metricResolution().toMillis() + "ms",
                "--build-cache-size",
                String.valueOf(options.buildCacheBytes()),
                "--load-balancer-range",
                options.balancerRange()));
        options.registryFile()
                .ifPresent(file -> command.addAll(
                        List.of("--registry-config", file.toAbsolutePath().toString())));
        options.hollow().groups().forEach(group -> command.addAll(List.of("--hollow-group", group)));
        options.hollow().flags().forEach(flag -> command.addAll(List.of("--autoscaler", flag)));
        options.hollow().file().ifPresent(file -> command.addAll(List.of("--hollow-config", file.toString())));
        options.node().file().ifPresent(file -> command.addAll(List.of("--kubelet-config", file.toString())));
        options.node()
                .cri()
                .runtime()
                .ifPresent(socket -> command.addAll(List.of("--container-runtime-endpoint", socket.toString())));
        options.node()
                .cri()
                .images()
                .ifPresent(socket -> command.addAll(List.of("--image-service-endpoint", socket.toString())));
        options.node()
                .credentials()
                .config()
                .ifPresent(file -> command.addAll(List.of(
                        "--image-credential-provider-config",
                        file.toString(),
                        "--image-credential-provider-bin-dir",
                        options.node().credentials().directory().toString())));
        command.addAll(List.of(
                "--node-labels",
                options.node().marks().labelFlag(),
                "--register-with-taints",
                options.node().marks().taintFlag()));
        if (!options.mayInstall()) {
            command.add("--no-install");
        }
        if (config != null) {
            command.addAll(List.of("--config", config.toAbsolutePath().toString()));
        }
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
