package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// How fast the log of a container comes through `kubectl logs`: kubelet, API server and the real client together,
/// over the TLS between them, which all share the machine's processors. A container writes a few lines, and its log is
/// then replaced by one of the size that is asked for: what is measured is reading. The lines have 80, 200 and 1,000
/// bytes; with and without times; the last column is what `cat` of the same file takes. Needs root.
///
/// ```
/// ./longshore bench LogsBenchmark [MEGABYTES [ROUNDS]]
/// ```
public final class LogsBenchmark {

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"said"},"spec":{"terminationGracePeriodSeconds":0,
            "containers":[{"name":"main","image":"longshore.local/busybox","command":["sh","-c","echo begun; sleep 100000"]}]}}
            """;
    private static final long MEGA = 1_000_000;

    private static final String NEVER_ROTATED = """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            containerLogMaxSize: 100Gi
            """;

    private final Path directory;
    private final LongshoreCluster cluster;
    private final Time time = Time.system();
    private final byte[] buffer = new byte[1 << 16];

    private LogsBenchmark(Path directory, LongshoreCluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    /// Prints a line for each length of lines.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int megabytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 400;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        Path directory = Files.createTempDirectory("longshore-bench");
        Path kubelet = Files.writeString(directory.resolve("kubelet.yaml"), NEVER_ROTATED);
        try (LongshoreCluster cluster = LongshoreCluster.start(
                directory.resolve("c"), "bench-l", freePort(), "--kubelet-config", kubelet.toString())) {
            new LogsBenchmark(directory, cluster).run(megabytes, rounds);
        } finally {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void run(int megabytes, int rounds) throws Exception {
        Path log = container();
        for (int length : List.of(80, 200, 1000)) {
            write(log, megabytes * MEGA, length);
            long shown = take("kubectl", "logs", "said");
            for (String option : List.of("--timestamps=false", "--timestamps=true")) {
                var times = new Latencies();
                long bytes = 0;
                for (int round = 0; round < rounds; round++) {
                    long begun = time.nanoTime();
                    bytes = take("kubectl", "logs", "said", option);
                    times.add(time.nanoTime() - begun);
                }
                var raw = new Latencies();
                for (int round = 0; round < rounds; round++) {
                    long begun = time.nanoTime();
                    take("kubectl", "get", "--raw", "/api/v1/namespaces/default/pods/said/log?" + option.substring(2));
                    raw.add(time.nanoTime() - begun);
                }
                long begun = time.nanoTime();
                take("cat", log.toString());
                System.out.printf(
                        "lines of %4d bytes %-18s %6.0f MB/s by logs   %6.0f MB/s by get --raw   %6.0f MB/s by cat   (%d MB shown, %d)%n",
                        length,
                        option,
                        bytes / MEGA / times.medianSeconds(),
                        bytes / MEGA / raw.medianSeconds(),
                        Files.size(log) / (double) MEGA / ((time.nanoTime() - begun) / 1e9),
                        shown / MEGA,
                        rounds);
            }
        }
    }

    private Path container() throws IOException, InterruptedException {
        Path manifest = Files.writeString(directory.resolve("pod.json"), POD);
        Tool kubectl = new Tool(directory.resolve("kubectl.log"), environment(), List.of("kubectl"));
        kubectl.run("apply", "-f", manifest.toString());
        kubectl.run("wait", "pod/said", "--for=condition=Ready", "--timeout=120s");
        try (var found =
                Files.find(cluster.data().resolve("node/logs"), 4, (file, attributes) -> file.endsWith("main/0.log"))) {
            return found.findFirst().orElseThrow();
        }
    }

    /// In place: the container's monitor keeps the file open.
    private static void write(Path log, long bytes, int length) throws IOException {
        String text = "x".repeat(length - 1);
        try (BufferedWriter out = Files.newBufferedWriter(log)) {
            for (long written = 0, i = 0; written < bytes; written += length, i++) {
                out.write("2026-01-01T00:00:00.%09d+00:00 std%s F %s\n"
                        .formatted(i % 1_000_000_000, i % 10 == 0 ? "err" : "out", text));
            }
        }
    }

    private long take(String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment());
        Process process = builder.start();
        long total = 0;
        try (InputStream in = process.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                total += read;
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
        }
        return total;
    }

    private Map<String, String> environment() {
        return Map.of("KUBECONFIG", cluster.data().resolve("kubeconfig").toString());
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }
}
