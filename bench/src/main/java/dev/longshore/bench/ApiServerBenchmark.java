package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// What the API server does for clients in another process, over TLS: creations, gets, lists, status patches,
/// and how quickly watchers learn of writes. The server is the program as users start it, over its durable
/// store, but with neither node nor controllers, so that nothing else is measured. The clients share the
/// machine's processors with it.
///
/// ```
/// ./longshore bench ApiServerBenchmark [SECONDS_PER_PHASE]
/// ```
public final class ApiServerBenchmark {

    private static final int CLIENTS = 64;
    private static final int PODS = 10_000;
    private static final int WARM_PODS = 5_000;
    /// The compiler is busy with a creation for about so long; none of these is kept.
    private static final int DRY_PODS = 40_000;
    private static final int LISTS = 11;
    private static final String BENCH = "/api/v1/namespaces/bench/pods";
    private static final byte[] NOTHING = {};
    static final String JSON = "Accept: application/json\r\nContent-Type: application/json\r\n";
    static final String GZIP = JSON + "Accept-Encoding: gzip\r\n";
    static final String PATCH = "Accept: application/json\r\nContent-Type: application/strategic-merge-patch+json\r\n";

    private final ServerProcess server;
    private final Time time = Time.system();
    private final long phaseNanos;

    private ApiServerBenchmark(ServerProcess server, Duration phase) {
        this.server = server;
        this.phaseNanos = phase.toNanos();
    }

    /// Runs all phases and prints a line for each.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        List<String> flags = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        try (ServerProcess server = ServerProcess.start(flags)) {
            System.out.println("server process " + server.pid());
            new ApiServerBenchmark(server, Duration.ofSeconds(seconds)).run();
        }
    }

    private void run() throws Exception {
        prepare("warm");
        prepare("bench");
        // From the first list on the watch cache holds the pods.
        send("GET", BENCH, NOTHING, 200);
        createAll("/api/v1/namespaces/warm/pods?dryRun=All", DRY_PODS, new Latencies());
        createAll("/api/v1/namespaces/warm/pods", WARM_PODS, new Latencies());
        read("warm-up", WARM_PODS, "/api/v1/namespaces/warm/pods/");
        // What the cache remembers of the past is now bytes of pods that are there, as it is at the end: so the
        // heap grows by pods alone.
        long before = settledHeap();
        creations();
        memory(before);
        print(read("get, 64 clients", PODS, BENCH + "/"));
        lists("list 10,000 pods", JSON);
        lists("list 10,000 pods, gzip", GZIP);
        lists("list one node's 10 pods of 10,000", JSON, BENCH + "?fieldSelector=spec.nodeName%3Dnode-7");
        patches("warm-up");
        print(patches("patch status, 64 clients"));
        new WatchPhase(server, time, phaseNanos).run();
    }

    private void prepare(String namespace) throws IOException {
        send("POST", "/api/v1/namespaces", object("Namespace", namespace), 201);
        // Made by a controller otherwise.
        send("POST", "/api/v1/namespaces/" + namespace + "/serviceaccounts", object("ServiceAccount", "default"), 201);
    }

    private static byte[] object(String kind, String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"}}"
                .formatted(kind, name)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void creations() throws Exception {
        var latencies = new Latencies();
        double seconds = createAll(BENCH, PODS, latencies);
        print(latencies.line("create 4 KiB pods, 64 clients", seconds));
    }

    private double createAll(String target, int count, Latencies latencies) throws Exception {
        var next = new AtomicInteger();
        return inParallel(CLIENTS, (client, random, end) -> {
            for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                byte[] pod = BenchPods.pod(number);
                long sent = time.nanoTime();
                client.ask("POST", target, JSON, pod, 201);
                latencies.add(time.nanoTime() - sent);
            }
        });
    }

    private String read(String what, int count, String prefix) throws Exception {
        var latencies = new Latencies();
        double seconds = inParallel(CLIENTS, (client, random, end) -> {
            while (time.nanoTime() < end) {
                String target = prefix + BenchPods.name(random.nextInt(count));
                long sent = time.nanoTime();
                client.ask("GET", target, JSON, NOTHING, 200);
                latencies.add(time.nanoTime() - sent);
            }
        });
        return latencies.line(what, seconds);
    }

    private String patches(String what) throws Exception {
        var latencies = new Latencies();
        double seconds = inParallel(CLIENTS, (client, random, end) -> {
            while (time.nanoTime() < end) {
                String target = BENCH + "/" + BenchPods.name(random.nextInt(PODS)) + "/status";
                byte[] status = BenchPods.status(Integer.toString(random.nextInt()));
                long sent = time.nanoTime();
                client.ask("PATCH", target, PATCH, status, 200);
                latencies.add(time.nanoTime() - sent);
            }
        });
        return latencies.line(what, seconds);
    }

    private void lists(String what, String headers) throws IOException {
        lists(what, headers, BENCH);
    }

    private void lists(String what, String headers, String target) throws IOException {
        var latencies = new Latencies();
        long bytes = 0;
        long begun = time.nanoTime();
        try (BenchClient client = server.client()) {
            for (int i = 0; i < LISTS; i++) {
                long sent = time.nanoTime();
                bytes = client.ask("GET", target, headers, NOTHING, 200);
                latencies.add(time.nanoTime() - sent);
            }
        }
        print(latencies.line(what, secondsSince(begun)) + " %.1f MB".formatted(bytes / 1e6));
    }

    private void memory(long before) throws IOException, InterruptedException {
        long per = (settledHeap() - before) / PODS;
        try (BenchClient client = server.client()) {
            long pod = client.ask("GET", BENCH + "/" + BenchPods.name(1), JSON, NOTHING, 200);
            print("heap per stored pod of %d bytes: %d bytes".formatted(pod, per));
        }
    }

    /// The heap once the connections of a phase are gone.
    private long settledHeap() throws IOException, InterruptedException {
        time.sleep(Duration.ofSeconds(3));
        return server.liveHeap();
    }

    private void send(String method, String target, byte[] body, int status) throws IOException {
        try (BenchClient client = server.client()) {
            client.ask(method, target, JSON, body, status);
        }
    }

    /// Work of one client, until the time `end` at the latest.
    @FunctionalInterface
    private interface Work {
        void run(BenchClient client, Random random, long end) throws IOException;
    }

    /// Has all clients work at once, connected before the time begins; returns how many seconds it took.
    private double inParallel(int count, Work work) throws InterruptedException, ExecutionException, IOException {
        var clients = new ArrayList<BenchClient>();
        for (int i = 0; i < count; i++) {
            clients.add(server.client());
        }
        long begun = time.nanoTime();
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                var random = new Random(i);
                BenchClient client = clients.get(i);
                running.add(threads.submit(() -> {
                    work.run(client, random, begun + phaseNanos);
                    return true;
                }));
            }
        }
        double seconds = secondsSince(begun);
        for (Future<?> each : running) {
            each.get();
        }
        for (BenchClient client : clients) {
            client.close();
        }
        return seconds;
    }

    private double secondsSince(long begun) {
        return (time.nanoTime() - begun) / 1e9;
    }

    static void print(String line) {
        System.out.println(line);
    }
}
