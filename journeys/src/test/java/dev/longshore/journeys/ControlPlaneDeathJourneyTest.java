package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Point 7: applications do not notice when Longshore dies.
@Order(5)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class ControlPlaneDeathJourneyTest {

    private static final int PER_SECOND = 50;
    private static final Duration DEAD_TIME = Duration.ofSeconds(5);

    @Test
    void applicationsGoOnServingAndAreAdopted(RunningCluster cluster) throws IOException, InterruptedException {
        HelloApplication hello = HelloApplication.in(cluster);
        hello.isRolledOut();
        eventually(PATIENCE, () -> assertThat(processes(cluster)).hasSize(3));
        cluster.kubectl("create", "configmap", "kept", "--from-literal=a=b").succeeded();
        String client = hello.pods().getFirst();
        String before = hello.identities();
        List<String> processes = processes(cluster);
        Process fromInside = insideLoop(cluster, client);

        try (var fromHost = RequestLoop.against("http://" + hello.address() + "/", PER_SECOND)) {
            eventually(PATIENCE, () -> assertThat(fromHost.successes()).isGreaterThan(PER_SECOND));
            long dead = cluster.pid();
            cluster.shell().run("kill", "-9", String.valueOf(dead)).succeeded();
            LocalTime killed = LocalTime.now();
            int atDeath = fromHost.successes();
            long wanted = atDeath + PER_SECOND * DEAD_TIME.toSeconds() / 2;
            eventually(PATIENCE, () -> assertThat((long) fromHost.successes()).isGreaterThan(wanted));
            cluster.up().succeeded();
            LocalTime back = LocalTime.now();
            int atReturn = fromHost.successes();
            eventually(PATIENCE, () -> assertThat(fromHost.successes()).isGreaterThan(atReturn + PER_SECOND));

            assertThat(fromHost.failures())
                    .as("killed at %s, back at %s", killed, back)
                    .isEmpty();
        }

        assertThat(processes(cluster)).isEqualTo(processes);
        assertThat(hello.identities()).isEqualTo(before);
        assertThat(cluster.get("configmap kept", "{.data.a}")).isEqualTo("b");
        Ran inside = answersOf(cluster, client);
        fromInside.destroy();
        assertThat(inside.out()).doesNotContain("failed");
        assertThat(inside.out().lines().filter(line -> line.equals("ok")).count())
                .isGreaterThan(50);
        cluster.kubectl("delete", "configmap", "kept").succeeded();
    }

    /// A loop in the pod's own network, by name, resolved anew for each request. It is entered from the host,
    /// since an exec session ends with the server.
    private static Process insideLoop(RunningCluster cluster, String pod) {
        String id = cluster.get("pod " + pod, "{.status.containerStatuses[0].containerID}")
                .replaceFirst(".*://", "");
        return cluster.shell()
                .start(
                        "nsenter",
                        "-t",
                        cluster.containerPid(id),
                        "-a",
                        "/bin/sh",
                        "-c",
                        "rm -f /tmp/answers; while true; do "
                                + "if wget -q -O- http://hello.default.svc.cluster.local/ >/dev/null 2>/tmp/why; "
                                + "then echo ok; else echo failed $(date) $(cat /tmp/why); fi >> /tmp/answers; sleep 0.05; done");
    }

    private static Ran answersOf(RunningCluster cluster, String pod) {
        return cluster.kubectl("exec", pod, "--", "cat", "/tmp/answers").succeeded();
    }

    private static List<String> processes(RunningCluster cluster) {
        return cluster.get(
                        "pods -l app=hello --sort-by=.metadata.name",
                        "{range .items[*]}{.status.containerStatuses[0].containerID}{\"\\n\"}{end}")
                .lines()
                .map(id -> id.replaceFirst(".*://", ""))
                .map(id -> id + " " + cluster.containerPid(id))
                .collect(Collectors.toList());
    }
}
