package dev.longshore.bench;

import java.io.IOException;
import java.time.Duration;

/// What a cluster costs in which nothing happens: processor time of the whole process, and of it what controllers
/// and scheduler cause (their own work, reading what they watch, and the API server's work for their requests). Hollow
/// nodes renew their leases and look after their pods meanwhile, in the same process; that is told apart.
///
/// ```
/// ./longshore bench IdleBenchmark [PODS [SECONDS]]
/// ```
public final class IdleBenchmark {

    private static final int USUAL_PODS = 10_000;
    private static final int USUAL_SECONDS = 120;
    private static final int REPLICAS = 500;
    private static final Duration SETTLING = Duration.ofSeconds(30);

    private IdleBenchmark() {}

    /// Runs it and prints a line for each part.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int pods = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_PODS;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : USUAL_SECONDS;
        System.out.println(Effort.machine());
        try (var bench = new HollowBench(pods)) {
            fill(bench, pods);
            bench.time().sleep(SETTLING);
            System.gc();
            idle(bench, pods, seconds);
        }
    }

    private static void fill(HollowBench bench, int pods) throws InterruptedException {
        Effort effort = Effort.begin(bench.time());
        for (int i = 0; i * REPLICAS < pods; i++) {
            String name = "many-" + i;
            bench.deploy(name, Math.min(REPLICAS, pods - i * REPLICAS));
            bench.await(() -> bench.isComplete(bench.deployment(name)));
        }
        System.out.println(effort.line("%d pods Ready".formatted(pods)));
    }

    private static void idle(HollowBench bench, int pods, int seconds) throws IOException, InterruptedException {
        try (var profile = new Profile()) {
            Effort effort = Effort.begin(bench.time());
            bench.time().sleep(Duration.ofSeconds(seconds));
            double share = effort.processorSeconds() / effort.seconds();
            System.out.println(effort.line("idle with %d pods".formatted(pods)));
            Profile.Seen seen = profile.end();
            System.out.printf("whole process            %5.2f %% of a core%n", 100 * share);
            seen.parties()
                    .forEach((party, part) ->
                            System.out.printf("  of it %-18s %5.2f %% of a core%n", party, 100 * share * part));
            seen.print();
        }
    }
}
