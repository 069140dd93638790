package dev.longshore.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/// A whole Kubernetes cluster in this process: API server, controllers, scheduler and nodes that only pretend
/// to run containers (pods become Running and Ready, and nothing is executed). Needs no root, no network but
/// loopback, no tool. Thread-safe.
///
/// ```java
/// try (var cluster = LongshoreCluster.start(2)) {
///     Config config = Config.fromKubeconfig(cluster.kubeconfig());
///     ...
/// }
/// ```
public final class LongshoreCluster implements AutoCloseable {

    private final Path scratch;
    private final IsolatedProgram program;

    private LongshoreCluster(Path scratch, IsolatedProgram program) {
        this.scratch = scratch;
        this.program = program;
    }

    /// Starts a cluster of `nodes` nodes and returns when they are Ready.
    ///
    /// @throws IllegalStateException when that fails; the message says why
    public static LongshoreCluster start(int nodes) {
        return start(nodes, "");
    }

    /// As [#start(int)].
    ///
    /// @param runtimeConfig which versions of the API are on, as kube-apiserver's flag `--runtime-config` has it:
    /// `api/all=true` switches everything on
    public static LongshoreCluster start(int nodes, String runtimeConfig) {
        return start(nodes, runtimeConfig, Duration.ZERO);
    }

    /// As [#start(int, String)].
    ///
    /// @param compaction how often the cluster forgets its history, and how much of it stays: for tests of what a
    /// client does whose watch is told 410; zero for never
    public static LongshoreCluster start(int nodes, String runtimeConfig, Duration compaction) {
        try {
            Path scratch = Files.createTempDirectory("longshore-testkit");
            try {
                return new LongshoreCluster(scratch, IsolatedProgram.start(nodes, scratch, runtimeConfig, compaction));
            } catch (IOException | RuntimeException failed) {
                delete(scratch);
                throw failed;
            }
        } catch (IOException failed) {
            throw new IllegalStateException("the cluster could not be started: " + failed.getMessage(), failed);
        }
    }

    /// The admin's kubeconfig, as text.
    public String kubeconfig() {
        return program.kubeconfig();
    }

    /// The API server's URL.
    public URI server() {
        return URI.create(program.server());
    }

    /// Stops it and forgets everything in it.
    @Override
    public void close() {
        try {
            program.close();
            delete(scratch);
        } catch (IOException leftBehind) {
            throw new IllegalStateException("could not remove " + scratch, leftBehind);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
