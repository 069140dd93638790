package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/// `examples/hello` in a cluster: applied once, found anew by each test.
final class HelloApplication {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REPLICAS = 3;

    private final RunningCluster cluster;

    private HelloApplication(RunningCluster cluster) {
        this.cluster = cluster;
    }

    /// Applies `examples/hello/`, as it is in the repository, and waits until all replicas are ready.
    static HelloApplication in(RunningCluster cluster) {
        cluster.kubectl("apply", "-f", "examples/hello/").succeeded();
        var hello = new HelloApplication(cluster);
        hello.isRolledOut();
        RunningCluster.eventually(PATIENCE, () -> assertThat(hello.pods()).hasSize(REPLICAS));
        return hello;
    }

    /// Waits for the rollout.
    void isRolledOut() {
        cluster.kubectl("rollout", "status", "deployment/hello", "--timeout=90s")
                .succeeded();
    }

    /// The names of its pods that are not being deleted.
    List<String> pods() {
        String names = cluster.get(
                "pods -l app=hello", "{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{\"\\n\"}{end}");
        return names.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 2 && words[1].isEmpty())
                .map(words -> words[0])
                .toList();
    }

    /// Its Service's address.
    String address() {
        return cluster.get("service hello", "{.spec.clusterIP}");
    }

    /// The pod's container, as the node's process id.
    String restarts(String pod) {
        return cluster.get("pod " + pod, "{.status.containerStatuses[0].restartCount}");
    }

    /// What each container is: pod name, container id and start time; equal only for the very same processes.
    String identities() {
        return cluster.get(
                "pods -l app=hello --sort-by=.metadata.name",
                "{range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[0].containerID} "
                        + "{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].state}{\"\\n\"}{end}");
    }
}
