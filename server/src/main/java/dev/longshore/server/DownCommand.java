package dev.longshore.server;

import dev.longshore.base.Directories;
import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.ControlClient;
import dev.longshore.cli.DataDirectory;
import dev.longshore.linux.HostCommands;
import dev.longshore.network.AddressPlanner;
import dev.longshore.network.PortClaims;
import dev.longshore.server.config.ClusterRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `longshore down`: asks the server to stop, or, when it is dead, cleans up after it.
@Command(name = "down", description = "Stops the platform and its applications and leaves the host as it was.")
final class DownCommand implements Callable<Integer> {

    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    /// What a data directory holds; nothing else is ever removed from it.
    private static final List<String> OURS = List.of(
            "control",
            "node",
            "snapshots",
            "logs",
            "kubeconfig",
            "cluster.json",
            "docker.sock",
            "longshore.sock",
            "longshore.pid",
            "longshore.lock");

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--purge", description = "also removes the cluster's data: objects, images, volumes, keys")
    private boolean isPurging;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        DataDirectory directory = cluster.directory();
        PrintWriter out = spec.commandLine().getOut();
        try {
            if (!Files.exists(directory.clusterRecord())) {
                out.println("nothing runs on " + directory.root());
                return finish(directory, Optional.empty(), out);
            }
            var server = new ControlClient(directory);
            Optional<ProcessHandle> process = server.status()
                    .flatMap(status -> ProcessHandle.of(status.path("pid").asLong()));
            boolean wasRunning = server.down(line -> {
                out.println(line);
                out.flush();
            });
            process.ifPresent(DownCommand::awaitEnd);
            Optional<ClusterRecord> record = ClusterRecord.read(directory.clusterRecord());
            DirectoryLock lock = DirectoryLock.awaited(directory);
            try (lock) {
                if (!wasRunning) {
                    out.println(
                            clean(directory, record)
                                    ? "no server ran on %s; what it had left is cleaned up".formatted(directory.root())
                                    : "nothing runs on " + directory.root());
                } else if (Files.exists(directory.node())) {
                    // The server was to do so, and may have died over it.
                    clean(directory, record);
                }
            }
            return finish(directory, record, out);
        } catch (IOException failed) {
            throw new CommandFailure("cannot clean up %s: %s".formatted(directory.root(), failed.getMessage()), failed);
        }
    }

    private static boolean clean(DataDirectory directory, Optional<ClusterRecord> record)
            throws IOException, InterruptedException {
        return new HostCleanup(directory, new HostCommands(), Time.system())
                .clean(record.orElseThrow().id());
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stuck) {
            throw new CommandFailure(
                    "the server (pid %d) does not end; see the log, or end it with kill -9".formatted(process.pid()),
                    stuck);
        }
    }

    private int finish(DataDirectory directory, Optional<ClusterRecord> record, PrintWriter out)
            throws IOException, InterruptedException {
        if (isPurging) {
            if (record.isPresent()) {
                new AddressPlanner(ClusterSetup.RUN_DIRECTORY, new HostCommands())
                        .release(record.get().id());
                new PortClaims(ClusterSetup.RUN_DIRECTORY).release(record.get().id());
            }
            for (String name : OURS) {
                Directories.delete(directory.root().resolve(name));
            }
            deleteIfEmpty(directory.root());
            out.println("removed " + directory.root());
        }
        out.flush();
        return 0;
    }

    private static void deleteIfEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> left = Files.list(directory)) {
            if (left.findAny().isPresent()) {
                return;
            }
        }
        Files.delete(directory);
    }
}
