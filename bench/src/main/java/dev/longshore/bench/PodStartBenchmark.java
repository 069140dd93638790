package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How soon a pod runs that has a node, with its image present: from PodScheduled to Running as a client's watch sees
/// it, one pod at a time and 50 at once; how long 100 pods take on one node, and what the node's process needs for them
/// while nothing happens. Beside it, in the same run, `docker run -d` of the same image, which is from the command's
/// start to its end: with Debian's Docker engine (without a network, which that engine is told to leave alone) and with
/// Longshore's. Needs root and docker.io.
///
/// ```
/// ./longshore bench PodStartBenchmark [PODS ONE AT A TIME [ROUNDS OF 50 [profile]]]     # 30 2
/// ```
public final class PodStartBenchmark {

    private static final int WARM = 5;
    private static final int AT_ONCE = 50;
    private static final int MANY = 100;
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final Duration SETTLING = Duration.ofSeconds(5);

    private final Time time = Time.system();
    private final LongshoreCluster cluster;
    private final PodStarts pods;
    private final int single;
    private final int rounds;

    private PodStartBenchmark(LongshoreCluster cluster, PodStarts pods, int single, int rounds) {
        this.cluster = cluster;
        this.pods = pods;
        this.single = single;
        this.rounds = rounds;
    }

    /// Runs all phases and prints a line for each.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int single = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        boolean isProfiled = arguments.length > 2 && arguments[2].equals("profile");
        System.out.println(Effort.machine());
        Path directory = Files.createTempDirectory("longshore-bench");
        try (LongshoreCluster cluster = LongshoreCluster.start(directory.resolve("o"), "bench-o", freePort());
                PodStarts pods = PodStarts.in(cluster)) {
            var benchmark = new PodStartBenchmark(cluster, pods, single, rounds);
            pods.oneByOne(WARM).clear();
            if (isProfiled) {
                ServerProfile.of(cluster.pids().getFirst(), benchmark::starts);
            } else {
                benchmark.starts();
            }
            benchmark.crowd();
            benchmark.engines(directory);
        } finally {
            remove(directory);
        }
    }

    private void starts() throws IOException, InterruptedException {
        System.out.println(
                "pod, one at a time             " + pods.oneByOne(single).spread());
        for (int round = 1; round <= rounds; round++) {
            PodStarts.Crowd crowd = pods.atOnce(AT_ONCE);
            System.out.println(crowd.line(AT_ONCE));
            pods.clear();
        }
    }

    /// What a hundred pods take to come, and to be there.
    private void crowd() throws IOException, InterruptedException {
        long pid = cluster.pids().getFirst();
        time.sleep(SETTLING);
        Footprint empty = Footprint.idle(pid, IDLE, time);
        PodStarts.Crowd crowd = pods.atOnce(MANY);
        System.out.println(crowd.line(MANY));
        time.sleep(SETTLING);
        Footprint full = Footprint.idle(pid, IDLE, time);
        System.out.println(full.line(empty, MANY));
        pods.clear();
    }

    private void engines(Path directory) throws IOException, InterruptedException {
        var ours = EngineStarts.of("longshore", cluster.socket(), directory.resolve("ours.log"));
        Path base = directory.resolve("base.tar");
        ours.save(base);
        Path peer = Files.createDirectory(directory.resolve("d"));
        Path socket = peer.resolve("sock");
        try (var docker = DebianDocker.start(peer, socket)) {
            var theirs = EngineStarts.of("docker.io", socket, directory.resolve("peer.log"));
            theirs.load(base);
            for (EngineStarts each : List.of(ours, theirs)) {
                each.oneByOne(WARM).clear();
                System.out.println(
                        each.title("one at a time") + each.oneByOne(single).spread());
                System.out.println(each.title(AT_ONCE + " at once") + each.atOnce(AT_ONCE));
            }
            System.out.printf(
                    "dockerd and containerd: %d processes%n", docker.pids().size());
        }
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// `count` names that nobody has had.
    static Iterable<String> names(String round, int count) {
        return () -> IntStream.range(0, count).mapToObj(i -> round + "-" + i).iterator();
    }
}
