package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.base.Yaml;
import dev.longshore.client.Clients;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;

/// How long it takes from typing `./longshore up` until the API says that it is ready (`/readyz`) and until a
/// first pod, created as soon as possible, is Running: whole program, from cold (no process, a host as `down`
/// leaves it), images present. Needs root.
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

    /// Times by the clock, and what the program had used of the processors by then, which says something on a
    /// busy machine too.
    private record Run(double apiMillis, double apiWork, double podMillis, double podWork) {}

    /// Runs it and prints medians and extremes.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_RUNS;
        Path directory = Files.createTempDirectory("longshore-bench");
        var benchmark = new StartUpBenchmark(Path.of(System.getProperty("longshore.home")), directory);
        try {
            benchmark.once();
            var runs = new ArrayList<Run>();
            for (int i = 0; i < count; i++) {
                runs.add(benchmark.once());
            }
            print("API ready", runs, Run::apiMillis);
            print("its processor time", runs, Run::apiWork);
            print("first pod Running", runs, Run::podMillis);
            print("its processor time", runs, Run::podWork);
        } finally {
            benchmark.longshore("down", "--purge").waitFor(1, TimeUnit.MINUTES);
            Files.deleteIfExists(directory.resolve("bench.log"));
            Files.deleteIfExists(directory);
        }
    }

    private Run once() throws IOException, InterruptedException {
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.deleteIfExists(kubeconfig);
        long begun = time.nanoTime();
        Process server = longshore("up");
        while (!Files.exists(kubeconfig)) {
            require(begun);
            time.sleep(POLL);
        }
        JsonNode config = Yaml.parse(Files.readString(kubeconfig));
        awaitReadyz(config, begun);
        double api = millisSince(begun);
        double apiWork = workOf(server);
        try (KubernetesClient client = client(config)) {
            Pod pod = created(client, begun);
            while (!isRunning(client, pod)) {
                require(begun);
                time.sleep(POLL);
            }
            return new Run(api, apiWork, millisSince(begun), workOf(server));
        } finally {
            longshore("down").waitFor(1, TimeUnit.MINUTES);
            server.waitFor(1, TimeUnit.MINUTES);
        }
    }

    private void awaitReadyz(JsonNode kubeconfig, long begun) throws IOException, InterruptedException {
        JsonNode cluster = kubeconfig.path("clusters").path(0).path("cluster");
        URI address = URI.create(cluster.path("server").asString());
        var tls = new HttpDialer.Tls(
                certificates(text(cluster.path("certificate-authority-data"))), Optional.empty(), Optional.empty());
        try (var dialer = HttpDialer.tls(address.getHost(), address.getPort(), tls)) {
            while (!isOk(dialer)) {
                require(begun);
                time.sleep(POLL);
            }
        }
    }

    private static boolean isOk(HttpDialer dialer) {
        try (var answer = dialer.exchange(HttpDialer.Call.of("GET", "/readyz", Headers.EMPTY), LIMIT)) {
            return answer.status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// A pod can be created as soon as its namespace has its ServiceAccount.
    private Pod created(KubernetesClient client, long begun) throws InterruptedException {
        while (true) {
            try {
                return client.resource(pod()).create();
            } catch (KubernetesClientException notYet) {
                require(begun);
                time.sleep(POLL);
            }
        }
    }

    private static List<X509Certificate> certificates(String pem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException broken) {
            throw new IllegalStateException("the kubeconfig's authority cannot be read", broken);
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

    private static double workOf(Process process) {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }

    private static void print(String what, List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        System.out.printf(
                "%-20s median %6.0f ms   fastest %6.0f ms   slowest %6.0f ms   (%d runs)%n",
                what, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
