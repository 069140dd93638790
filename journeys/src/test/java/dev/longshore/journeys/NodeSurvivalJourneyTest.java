package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The whole server is killed with -9 at random moments and started again: what it was doing is finished or taken
/// back, no container is started twice, nothing half made stays. `./longshore test --long` does so 25 times
/// (`-Dlongshore.rounds=N`: N times, `-Dlongshore.seed=S` for the same moments).
@Order(7)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
@Timeout(value = 1, unit = TimeUnit.HOURS)
class NodeSurvivalJourneyTest {

    private static final int ROUNDS =
            Integer.getInteger("longshore.rounds", Boolean.getBoolean("longshore.long") ? 25 : 1);
    private static final int PODS = 4;
    private static final int LATEST_MILLIS = 1500;

    private final long seed = Long.getLong("longshore.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private RunningCluster cluster;
    private LivePods pods;

    @BeforeEach
    void begin(RunningCluster shared) {
        cluster = shared;
        pods = new LivePods(shared, "survival");
    }

    @AfterEach
    void end() {
        pods.clear();
        pods.close();
    }

    @Test
    void whateverItWasDoingIsFinishedOrTakenBack() {
        System.out.println("node survival: seed " + seed);
        List<String> before = traces();
        for (int round = 0; round < ROUNDS; round++) {
            List<String> names = names(round);
            names.forEach(name -> pods.create(counting(name)));
            killAfterAMoment();
            for (String name : names) {
                Pod pod = pods.awaitReady(name);
                assertThat(LivePods.container(pod, "main").getRestartCount())
                        .as("restarts of %s, seed %s", name, seed)
                        .isZero();
                assertCountedOn(name);
            }
            pods.client().pods().inNamespace(pods.namespace()).delete();
            killAfterAMoment();
            eventually(
                    PATIENCE,
                    () -> assertThat(pods.client()
                                    .pods()
                                    .inNamespace(pods.namespace())
                                    .list()
                                    .getItems())
                            .isEmpty());
        }

        eventually(
                PATIENCE,
                () -> assertThat(traces()).as("what is left, seed %s", seed).isEqualTo(before));
    }

    private static List<String> names(int round) {
        return IntStream.range(0, PODS)
                .mapToObj(i -> "p-%d-%d".formatted(round, i))
                .toList();
    }

    /// Every line once, from the first on: neither was the container begun anew nor a line of it lost.
    private void assertCountedOn(String name) {
        List<String> lines = pods.log(name, "main").lines().toList();
        assertThat(lines)
                .as("log of %s, seed %s", name, seed)
                .isEqualTo(IntStream.rangeClosed(1, lines.size())
                        .mapToObj(String::valueOf)
                        .toList());
    }

    /// Sandboxes, containers, volumes, network namespaces and cgroups of the cluster.
    private List<String> traces() {
        return cluster.shell()
                .run("sh", "-c", """
                        ls -d "$1"/node/runtime/sandboxes/* "$1"/node/runtime/containers/* "$1"/node/kubelet/pods/*
                        ls /run/netns | grep "$2"
                        find /sys/fs/cgroup -type d -path "*$2*/pods/*"
                        """, "sh", cluster.directory().toString(), cluster.record("id"))
                .out()
                .lines()
                .sorted()
                .toList();
    }

    private void killAfterAMoment() {
        try {
            Time.system().sleep(Duration.ofMillis(random.nextInt(LATEST_MILLIS)));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        cluster.killed();
        cluster.up().succeeded();
    }

    private static String counting(String name) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 1
                  shareProcessNamespace: %s
                  containers:
                  - name: main
                    BUSYBOX
                    command: [sh, -c, "number=0; while :; do number=$((number+1)); echo $number; sleep 0.1; done"]
                """.formatted(name, name.endsWith("-0"));
    }
}
