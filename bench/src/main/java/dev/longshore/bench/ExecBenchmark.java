package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How long a command in a running container takes that does nothing: through `kubectl exec`, through `docker exec` of
/// our engine, and through `docker exec` of Debian's beside it in the same run, which take turns; and what the commands
/// take that ask nothing (`kubectl version --client`, `docker version` of the client). The containers are of the same
/// image. Needs root and docker.io, which is installed if it is not there.
///
/// ```
/// ./longshore bench ExecBenchmark [ROUNDS]
/// ```
public final class ExecBenchmark {

    private static final String IMAGE = "longshore.local/busybox";
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"idle"},"spec":{"terminationGracePeriodSeconds":0,
            "containers":[{"name":"main","image":"longshore.local/busybox","command":["sleep","100000"]}]}}
            """;

    private final Path directory;
    private final Map<String, Latencies> times = new LinkedHashMap<>();
    private final Time time = Time.system();

    private ExecBenchmark(Path directory) {
        this.directory = directory;
    }

    /// Prints a line for each way.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 50;
        Path directory = Files.createTempDirectory("longshore-bench");
        try (LongshoreCluster cluster = LongshoreCluster.start(directory.resolve("c"), "bench-x", freePort())) {
            new ExecBenchmark(directory).run(cluster, rounds);
        } finally {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void run(LongshoreCluster cluster, int rounds) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/sbin/dockerd"))) {
            new Tool(directory.resolve("apt.log"), Map.of("DEBIAN_FRONTEND", "noninteractive"), List.of("apt-get"))
                    .run("install", "-y", "--no-install-recommends", "docker.io", "runc");
        }
        Tool kubectl = tool(
                "kubectl", "KUBECONFIG", cluster.data().resolve("kubeconfig").toString());
        Tool ours = tool("docker", "DOCKER_HOST", "unix://" + cluster.socket());
        Path peer = Files.createDirectory(directory.resolve("d"));
        Path socket = peer.resolve("sock");
        try (DebianDocker _ = DebianDocker.start(peer, socket)) {
            Tool theirs = tool("docker", "DOCKER_HOST", "unix://" + socket);
            Path image = directory.resolve("image.tar");
            ours.run("save", "-o", image.toString(), IMAGE);
            theirs.run("load", "-i", image.toString());
            kubectl.run(
                    "apply",
                    "-f",
                    Files.writeString(directory.resolve("pod.json"), POD).toString());
            kubectl.run("wait", "pod/idle", "--for=condition=Ready", "--timeout=120s");
            for (Tool docker : List.of(ours, theirs)) {
                docker.run("run", "-d", "--name", "idle", "--network", "none", IMAGE, "sleep", "100000");
            }
            // One round more at first: programs and files get warm.
            for (int round = 0; round <= rounds; round++) {
                if (round == 1) {
                    times.clear();
                }
                measure("kubectl exec", kubectl, "exec", "idle", "--", "true");
                measure("kubectl alone", kubectl, "version", "--client");
                measure("docker exec, longshore", ours, "exec", "idle", "true");
                measure("docker exec, docker.io", theirs, "exec", "idle", "true");
                measure("docker alone", ours, "--version");
            }
            times.forEach((what, each) -> System.out.println("%-26s %s".formatted(what, each.spread())));
            for (Tool docker : List.of(ours, theirs)) {
                docker.run("rm", "-f", "idle");
            }
        }
    }

    private Tool tool(String program, String name, String value) {
        return new Tool(directory.resolve(program + ".log"), Map.of(name, value), List.of(program));
    }

    private void measure(String what, Tool tool, String... arguments) throws IOException, InterruptedException {
        long begun = time.nanoTime();
        tool.run(arguments);
        times.computeIfAbsent(what, any -> new Latencies()).add(time.nanoTime() - begun);
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }
}
