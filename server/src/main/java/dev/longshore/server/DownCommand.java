package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.ControlClient;
import dev.longshore.cli.DataDirectory;
import dev.longshore.linux.HostCommands;
import dev.longshore.network.AddressPlanner;
import dev.longshore.server.config.ClusterRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `longshore down`: asks the server to stop, or, when it is dead, cleans up after it.
@Command(name = "down", description = "Stops the platform and its applications and leaves the host as it was.")
final class DownCommand implements Callable<Integer> {

    /// What a data directory holds; nothing else is ever removed from it.
    private static final List<String> OURS = List.of(
            "control",
            "node",
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
            boolean wasRunning = new ControlClient(directory).down(line -> {
                out.println(line);
                out.flush();
            });
            Optional<ClusterRecord> record = ClusterRecord.read(directory.clusterRecord());
            DirectoryLock lock = DirectoryLock.awaited(directory);
            try (lock) {
                if (!wasRunning) {
                    boolean hadTraces = new HostCleanup(directory, new HostCommands(), Time.system())
                            .clean(record.orElseThrow().id());
                    out.println(
                            hadTraces
                                    ? "no server ran on %s; what it had left is cleaned up".formatted(directory.root())
                                    : "nothing runs on " + directory.root());
                }
            }
            return finish(directory, record, out);
        } catch (IOException failed) {
            throw new CommandFailure("cannot clean up %s: %s".formatted(directory.root(), failed.getMessage()), failed);
        }
    }

    private int finish(DataDirectory directory, Optional<ClusterRecord> record, PrintWriter out) throws IOException {
        if (isPurging) {
            if (record.isPresent()) {
                new AddressPlanner(ClusterSetup.RUN_DIRECTORY, new HostCommands())
                        .release(record.get().id());
            }
            for (String name : OURS) {
                delete(directory.root().resolve(name));
            }
            deleteIfEmpty(directory.root());
            out.println("removed " + directory.root());
        }
        out.flush();
        return 0;
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
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
