package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Gives several servers the same load in turns, so that whatever else the machine does hits all alike, and tells how
/// much more than the first the others need: medians of all turns, and the processor time that a server took for a
/// request, which another's load changes least.
final class SideBySide {

    private static final int CLIENTS = 16;
    /// Before that a good part of a server's processor time is its compiler's, more of it for who has more to do.
    private static final int WARM_CREATIONS = 20_000;

    private static final int WARM_GETS = 40_000;
    private static final int STORED = 6_000;
    private static final int REQUESTS = 2_000;
    private static final String PODS = "/api/v1/namespaces/bench/pods";
    private static final byte[] NOTHING = {};

    private final Time time = Time.system();
    private final List<Side> sides;

    /// @param sides the first is what the others are compared with
    SideBySide(List<Side> sides) {
        this.sides = List.copyOf(sides);
    }

    /// One server, and what was measured of it.
    static final class Side {
        private final String name;
        private final ServerProcess server;
        private final AtomicInteger next = new AtomicInteger();
        private final Latencies creations = new Latencies();
        private final Latencies gets = new Latencies();
        private final List<Double> cpuOfCreations = new ArrayList<>();
        private final List<Double> cpuOfGets = new ArrayList<>();

        Side(String name, ServerProcess server) {
            this.name = name;
            this.server = server;
        }
    }

    void run(int turns) throws Exception {
        for (Side side : sides) {
            prepare(side);
            rehearse(side);
            create(side, STORED, new Latencies());
            get(side, WARM_GETS, new Latencies());
        }
        for (int turn = 0; turn < turns; turn++) {
            // Whoever comes second finds warmer caches: they take turns in that too.
            var order = new ArrayList<>(sides);
            Collections.rotate(order, turn);
            for (Side side : order) {
                side.cpuOfCreations.add(create(side, REQUESTS, side.creations));
                side.cpuOfGets.add(get(side, REQUESTS, side.gets));
            }
        }
        Side plain = sides.getFirst();
        for (Side side : sides.subList(1, sides.size())) {
            System.out.println(side.name + ", beside " + plain.name + ":");
            report("create 4 KiB pods", plain.creations, side.creations, plain.cpuOfCreations, side.cpuOfCreations);
            report("get", plain.gets, side.gets, plain.cpuOfGets, side.cpuOfGets);
        }
    }

    private static void report(
            String what, Latencies without, Latencies with, List<Double> before, List<Double> after) {
        System.out.println(
                "%-20s median %7.3f ms without, %7.3f ms with: %+5.1f %%   processor %6.1f µs without, %6.1f µs with: %+5.1f %%"
                        .formatted(
                                what,
                                without.medianSeconds() * 1e3,
                                with.medianSeconds() * 1e3,
                                (with.medianSeconds() / without.medianSeconds() - 1) * 100,
                                median(before),
                                median(after),
                                (median(after) / median(before) - 1) * 100));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static void prepare(Side side) throws IOException {
        try (BenchClient client = side.server.client()) {
            client.ask("POST", "/api/v1/namespaces", ApiServerBenchmark.JSON, object("Namespace", "bench"), 201);
            client.ask(
                    "POST",
                    "/api/v1/namespaces/bench/serviceaccounts",
                    ApiServerBenchmark.JSON,
                    object("ServiceAccount", "default"),
                    201);
        }
    }

    private static byte[] object(String kind, String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"}}"
                .formatted(kind, name)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void rehearse(Side side) throws Exception {
        var next = new AtomicInteger();
        load(side, WARM_CREATIONS, new Latencies(), client -> {
            byte[] pod = BenchPods.pod(next.getAndIncrement());
            client.ask("POST", PODS + "?dryRun=All", ApiServerBenchmark.JSON, pod, 201);
        });
    }

    private double create(Side side, int count, Latencies latencies) throws Exception {
        return load(side, count, latencies, client -> {
            byte[] pod = BenchPods.pod(side.next.getAndIncrement());
            client.ask("POST", PODS, ApiServerBenchmark.JSON, pod, 201);
        });
    }

    private double get(Side side, int count, Latencies latencies) throws Exception {
        int known = side.next.get();
        var turn = new AtomicInteger();
        return load(side, count, latencies, client -> {
            int number = turn.getAndIncrement() * 31 % known;
            client.ask("GET", PODS + "/" + BenchPods.name(number), ApiServerBenchmark.JSON, NOTHING, 200);
        });
    }

    /// One request.
    @FunctionalInterface
    private interface Work {
        void ask(BenchClient client) throws IOException;
    }

    /// @return microseconds of the server's processor time for each request
    private double load(Side side, int count, Latencies latencies, Work work)
            throws IOException, InterruptedException, ExecutionException {
        var left = new AtomicInteger(count);
        var clients = new ArrayList<BenchClient>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(side.server.client());
        }
        double before = ThreadTimes.micros(side.server.pid());
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (BenchClient client : clients) {
                running.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        long sent = time.nanoTime();
                        work.ask(client);
                        latencies.add(time.nanoTime() - sent);
                    }
                    return true;
                }));
            }
        }
        for (Future<?> each : running) {
            each.get();
        }
        double spent = ThreadTimes.micros(side.server.pid()) - before;
        for (BenchClient client : clients) {
            client.close();
        }
        return spent / count;
    }
}
