package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.linux.ProcessorSet;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A node whose owner gives processors away for good, and is not patient with containers that die.
@Order(19)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class OwnedNodeJourneyTest {

    private static final String NODE = "owned";
    private static final int MEBIBYTES = 32;
    private static final String RULES = """
            evictionHard: {nodefs.available: 1Mi}
            cpuManagerPolicy: static
            reservedSystemCPUs: "0"
            crashLoopBackOff: {maxContainerRestartPeriod: 1s}
            """;

    @TempDir
    Path directory;

    @Test
    void processorsBelongToOneAndTheDyingComeBackAtOnce(RunningCluster cluster) throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor is nobody's own");
        try (var node = new FurtherNode(cluster, NODE, directory, MEBIBYTES, RULES)) {
            run(cluster, "alone", "resources: {limits: {cpu: 1, memory: 32Mi}}");
            run(cluster, "together", "imagePullPolicy: IfNotPresent");
            run(
                    cluster,
                    "sick",
                    "livenessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1, failureThreshold: 1}");
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("pod alone together", "{.items[*].status.containerStatuses[0].ready}"))
                            .isEqualTo("true true"));

            ProcessorSet alone = processors(cluster, "alone");
            assertThat(alone.numbers()).hasSize(1).doesNotContain(0);
            assertThat(processors(cluster, "together").numbers())
                    .contains(0)
                    .doesNotContainAnyElementsOf(alone.numbers());
            eventually(PATIENCE, () -> assertThat(restarts(cluster, "sick")).isGreaterThanOrEqualTo(5));
            assertThat(restarts(cluster, "alone") + restarts(cluster, "together"))
                    .isZero();

            cluster.kubectl("delete", "pod", "alone", "--now");
            eventually(
                    PATIENCE,
                    () -> assertThat(processors(cluster, "together").numbers()).containsAll(alone.numbers()));
            assertThat(node.disk()).isDirectory();
        }
    }

    private static void run(RunningCluster cluster, String name, String more) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  nodeName: %s
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 0
                  containers: [{name: c, image: %s, command: [sleep, "1000"], %s}]
                """.formatted(name, NODE, FurtherNode.IMAGE, more));
    }

    private static int restarts(RunningCluster cluster, String pod) {
        String count = cluster.get("pod " + pod, "{.status.containerStatuses[0].restartCount}");
        return Integer.parseInt(count);
    }

    /// Those that the kernel lets the pod's process run on.
    private static ProcessorSet processors(RunningCluster cluster, String pod) {
        String container = cluster.get("pod " + pod, "{.status.containerStatuses[0].containerID}")
                .replaceFirst(".*//", "");
        return HostCgroup.ofPod(cluster.get("pod " + pod, "{.metadata.uid}"))
                .child(container)
                .processors();
    }
}
