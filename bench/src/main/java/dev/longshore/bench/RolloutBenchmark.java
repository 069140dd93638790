package dev.longshore.bench;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/// How long it takes until many Deployments, all given a new image at once, have rolled: each from its change
/// until all of its pods are new and available, and all of them together. Hollow nodes, in one process with
/// everything else. They are created first, which meets cold code.
///
/// ```
/// ./longshore bench RolloutBenchmark [DEPLOYMENTS [REPLICAS [ROUNDS [profile]]]]
/// ```
public final class RolloutBenchmark {

    private static final int USUAL_DEPLOYMENTS = 1000;
    private static final int USUAL_REPLICAS = 2;
    private static final int CLIENTS = 16;

    private final HollowBench bench;
    private final int deployments;
    private final int replicas;
    /// By name, since when it rolls.
    private final Map<String, Long> rolling = new ConcurrentHashMap<>();

    /// By name, the generation that was complete last.
    private final Map<String, Long> generations = new ConcurrentHashMap<>();

    private final Latencies latencies = new Latencies();

    private RolloutBenchmark(HollowBench bench, int deployments, int replicas) {
        this.bench = bench;
        this.deployments = deployments;
        this.replicas = replicas;
    }

    /// Runs it and prints a line for each round.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int deployments = argument(arguments, 0, USUAL_DEPLOYMENTS);
        int replicas = argument(arguments, 1, USUAL_REPLICAS);
        int rounds = argument(arguments, 2, 2);
        boolean isProfiled = arguments.length > 3;
        System.out.println(Effort.machine());
        // While one rolls, a pod more than asked for is there.
        try (var bench = new HollowBench(deployments * (replicas + 1))) {
            var benchmark = new RolloutBenchmark(bench, deployments, replicas);
            try (var _ = bench.client()
                    .apps()
                    .deployments()
                    .inNamespace(HollowBench.NAMESPACE)
                    .inform(benchmark.new Watcher())) {
                benchmark.create();
                for (int round = 1; round <= rounds; round++) {
                    int number = round;
                    Profile.of(isProfiled, () -> benchmark.roll(number));
                }
            }
        }
    }

    private static int argument(String[] arguments, int at, int usual) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : usual;
    }

    private void create() throws InterruptedException {
        Effort effort = Effort.begin(bench.time());
        all(name -> bench.deploy(name, replicas));
        bench.await(rolling::isEmpty);
        System.out.println(effort.line("%d Deployments of %d created".formatted(deployments, replicas)));
    }

    private void roll(int round) throws InterruptedException {
        latencies.clear();
        Effort effort = Effort.begin(bench.time());
        all(name -> bench.roll(name, "registry.example/web:round-" + round));
        bench.await(rolling::isEmpty);
        System.out.println(
                effort.line("%d Deployments of %d rolled, round %d".formatted(deployments, replicas, round)));
        System.out.println("  each   " + latencies.spread());
    }

    private interface Change {
        void to(String name);
    }

    /// Makes the change to all of them, from several threads.
    private void all(Change change) {
        try (var workers = Executors.newFixedThreadPool(CLIENTS)) {
            for (int i = 0; i < deployments; i++) {
                String name = "web-" + i;
                workers.execute(() -> {
                    rolling.put(name, bench.time().nanoTime());
                    change.to(name);
                });
            }
        }
    }

    private final class Watcher implements ResourceEventHandler<Deployment> {

        @Override
        public void onAdd(Deployment deployment) {
            heard(deployment);
        }

        @Override
        public void onUpdate(Deployment old, Deployment deployment) {
            heard(deployment);
        }

        @Override
        public void onDelete(Deployment deployment, boolean isStateUnknown) {
            // None is deleted.
        }

        private void heard(Deployment deployment) {
            String name = deployment.getMetadata().getName();
            Long since = rolling.get(name);
            // What is heard before the change was made is of the round before.
            boolean isChanged = deployment.getMetadata().getGeneration() > generations.getOrDefault(name, 0L);
            if (since != null && isChanged && bench.isComplete(deployment)) {
                generations.put(name, deployment.getMetadata().getGeneration());
                rolling.remove(name);
                latencies.add(bench.time().nanoTime() - since);
            }
        }
    }
}
