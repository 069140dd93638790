package dev.longshore.bench;

import java.io.IOException;

/// How long one Deployment of many replicas takes from its creation until all of them are Ready: API server over
/// a store in memory, controllers, scheduler and hollow nodes (the real kubelet on the simulated runtime) in one
/// process. Each round makes it, waits, and takes it away again; the first one meets cold code.
///
/// ```
/// ./longshore bench ReplicasBenchmark [REPLICAS [ROUNDS [profile]]]
/// ```
public final class ReplicasBenchmark {

    private static final int USUAL_REPLICAS = 5000;
    private static final int USUAL_ROUNDS = 3;
    private static final String NAME = "many";

    private ReplicasBenchmark() {}

    /// Runs it and prints a line for each round.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int replicas = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_REPLICAS;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : USUAL_ROUNDS;
        boolean isProfiled = arguments.length > 2;
        System.out.println(Effort.machine());
        var latencies = new Latencies();
        try (var bench = new HollowBench(replicas)) {
            for (int round = 1; round <= rounds; round++) {
                int number = round;
                Profile.of(isProfiled, () -> latencies.add(Math.round(once(bench, replicas, number) * 1e9)));
                Profile.of(isProfiled, () -> remove(bench, number));
            }
        }
        System.out.println("%d replicas Ready   %s".formatted(replicas, latencies.spread()));
    }

    private static double once(HollowBench bench, int replicas, int round) throws InterruptedException {
        Effort effort = Effort.begin(bench.time());
        bench.deploy(NAME, replicas);
        bench.await(() -> bench.isComplete(bench.deployment(NAME)));
        System.out.println(effort.line("%d replicas Ready, round %d".formatted(replicas, round)));
        return effort.seconds();
    }

    private static void remove(HollowBench bench, int round) throws InterruptedException {
        Effort effort = Effort.begin(bench.time());
        bench.client()
                .apps()
                .deployments()
                .inNamespace(HollowBench.NAMESPACE)
                .withName(NAME)
                .delete();
        bench.await(() -> bench.count("pods") == 0);
        System.out.println(effort.line("all of them gone, round %d".formatted(round)));
    }
}
