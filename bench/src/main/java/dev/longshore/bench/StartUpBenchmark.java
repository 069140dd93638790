package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.base.Yaml;
import dev.longshore.client.Clients;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// How long it takes from typing `./longshore up` until the API answers and until a first pod runs: whole
/// program, from cold (no process, a host as `down` leaves it), images present. Needs root.
///
/// ```
/// ./longshore bench StartUpBenchmark [RUNS]
/// ```
public final class StartUpBenchmark {

    private static final int USUAL_RUNS = 7;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final String NAME = "bench-start";

    private final Path root;
    private final Path directory;
    private final Time time = Time.system();

    private StartUpBenchmark(Path root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    private record Run(double apiMillis, double podMillis) {}

    /// Runs it and prints medians and extremes.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_RUNS;
        Path directory = Files.createTempDirectory("longshore-bench");
        var benchmark = new StartUpBenchmark(Path.of(System.getProperty("longshore.home")), directory);
        try {
            benchmark.once();
            var runs = new ArrayList<Run>();
            for (int i = 0; i < count; i++) {
                runs.add(benchmark.once());
            }
            print(
                    "API ready",
                    runs.stream().mapToDouble(Run::apiMillis).sorted().toArray());
            print(
                    "first pod Running",
                    runs.stream().mapToDouble(Run::podMillis).sorted().toArray());
        } finally {
            benchmark.longshore("down", "--purge").waitFor(1, TimeUnit.MINUTES);
        }
    }

    private Run once() throws IOException, InterruptedException {
        long begun = time.nanoTime();
        Process server = longshore("up");
        try (KubernetesClient client = connected(begun)) {
            double api = millisSince(begun);
            Pod pod = client.resource(pod()).create();
            while (!isRunning(client, pod)) {
                require(begun);
                time.sleep(POLL);
            }
            return new Run(api, millisSince(begun));
        } finally {
            longshore("down").waitFor(1, TimeUnit.MINUTES);
            server.waitFor(1, TimeUnit.MINUTES);
        }
    }

    private KubernetesClient connected(long begun) throws IOException, InterruptedException {
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.deleteIfExists(kubeconfig);
        while (true) {
            if (Files.exists(kubeconfig)) {
                KubernetesClient client = client(Yaml.parse(Files.readString(kubeconfig)));
                try {
                    client.serviceAccounts()
                            .inNamespace("default")
                            .withName("default")
                            .get();
                    return client;
                } catch (KubernetesClientException notYet) {
                    client.close();
                }
            }
            require(begun);
            time.sleep(POLL);
        }
    }

    private static KubernetesClient client(JsonNode kubeconfig) {
        JsonNode cluster = kubeconfig.path("clusters").path(0).path("cluster");
        JsonNode user = kubeconfig.path("users").path(0).path("user");
        return Clients.overTls(
                URI.create(cluster.path("server").asString()),
                text(cluster.path("certificate-authority-data")),
                text(user.path("client-certificate-data")),
                text(user.path("client-key-data")));
    }

    private static String text(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asString()), StandardCharsets.UTF_8);
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withGenerateName("bench-")
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("main")
                .withImage("longshore.local/busybox")
                .withCommand("sleep", "1000")
                .endContainer()
                .endSpec()
                .build();
    }

    private static boolean isRunning(KubernetesClient client, Pod pod) {
        Pod now = client.resource(pod).get();
        return now.getStatus() != null && "Running".equals(now.getStatus().getPhase());
    }

    private Process longshore(String... words) throws IOException {
        var command = new ArrayList<>(List.of(root.resolve("longshore").toString(), words[0]));
        command.addAll(List.of("--data-dir", directory.toString(), "--name", NAME));
        command.addAll(Arrays.asList(words).subList(1, words.length));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("bench.log").toFile())
                .start();
    }

    private void require(long begun) {
        if (time.nanoTime() - begun > LIMIT.toNanos()) {
            throw new IllegalStateException("not within " + LIMIT + "; see " + directory.resolve("logs"));
        }
    }

    private double millisSince(long begun) {
        return (time.nanoTime() - begun) / 1e6;
    }

    private static void print(String what, double[] sorted) {
        System.out.printf(
                "%-20s median %6.0f ms   fastest %6.0f ms   slowest %6.0f ms   (%d runs)%n",
                what, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
