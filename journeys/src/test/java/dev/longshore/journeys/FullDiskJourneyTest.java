package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A node whose disk runs full, and has room again.
@Order(18)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class FullDiskJourneyTest {

    private static final String NODE = "crowded";
    private static final String RULES = """
            evictionHard: {nodefs.available: 24Mi}
            evictionPressureTransitionPeriod: 1s
            """;
    private static final String DISK_PRESSURE = "{.status.conditions[?(@.type=='DiskPressure')].status}";
    private static final String TAINTS = "{.spec.taints[*].key}";

    @TempDir
    Path directory;

    private RunningCluster cluster;

    private void run(String name, String priorityClass, String script) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  nodeName: %s
                  priorityClassName: %s
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 1
                  containers: [{name: c, image: %s, command: [sh, -c, "%s"]}]
                """.formatted(name, NODE, priorityClass, FurtherNode.IMAGE, script));
    }

    private String phase(String pod) {
        return cluster.get("pod " + pod, "{.status.phase}");
    }

    private String events(String pod) {
        return cluster.get(
                "events --field-selector involvedObject.name=" + pod,
                "{range .items[*]}{.reason}: {.message}{\"\\n\"}{end}");
    }

    @Test
    void imagesGoFirstThenPodsInOrderAndTheNodeRecovers(RunningCluster shared) throws Exception {
        cluster = shared;
        try (var node = new FurtherNode(cluster, NODE, directory, 64, RULES)) {
            run("modest", "", "sleep 1000");
            run("vital", "system-node-critical", "sleep 1000");
            run("greedy", "", "dd if=/dev/zero of=/fill bs=1M count=40 2>/dev/null; sleep 1000");
            for (String pod : List.of("modest", "vital", "greedy")) {
                eventually(PATIENCE, () -> assertThat(phase(pod)).isEqualTo("Running"));
            }

            // 64 MiB less 16 for the image nobody uses and 40: too little also when that is gone.
            eventually(PATIENCE, () -> assertThat(phase("greedy")).isEqualTo("Failed"));
            assertThat(node.hasUnusedImage()).isFalse();
            assertThat(cluster.get("pod greedy", "{.status.reason}: {.status.message}"))
                    .startsWith("Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 24Mi,"
                            + " available: ")
                    .contains("Container c was using 40");
            assertThat(phase("modest")).isEqualTo("Running");
            eventually(
                    PATIENCE,
                    () -> assertThat(events(NODE))
                            .contains("EvictionThresholdMet: Attempting to reclaim ephemeral-storage"));

            Path filler = fill(node.disk());
            eventually(PATIENCE, () -> assertThat(phase("modest")).isEqualTo("Failed"));
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("node " + NODE, DISK_PRESSURE)).isEqualTo("True"));
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("node " + NODE, TAINTS)).contains("node.kubernetes.io/disk-pressure"));
            List<String> held = node.holds();
            run("late", "", "sleep 1000");
            run("needed", "system-node-critical", "sleep 1000");
            eventually(PATIENCE, () -> {
                assertThat(cluster.get("pod late", "{.status.reason}: {.status.message}"))
                        .isEqualTo("Evicted: Pod was rejected: The node had condition: [DiskPressure]. ");
                assertThat(events("needed")).contains("No space left on device");
            });
            assertThat(phase("needed")).isEqualTo("Pending");
            assertThat(phase("vital")).isEqualTo("Running");
            assertThat(cluster.get("pod vital", "{.status.containerStatuses[0].restartCount}"))
                    .isEqualTo("0");
            // A sandbox may have found room, and waits for its container.
            eventually(PATIENCE, () -> {
                assertThat(node.holds()).hasSizeLessThanOrEqualTo(held.size() + 2);
                assertThat(node.holds())
                        .filteredOn(path -> path.contains("/containers/"))
                        .isSubsetOf(held);
            });

            Files.delete(filler);
            eventually(PATIENCE, () -> assertThat(phase("needed")).isEqualTo("Running"));
            eventually(PATIENCE, () -> {
                assertThat(cluster.get("node " + NODE, DISK_PRESSURE)).isEqualTo("False");
                assertThat(cluster.get("node " + NODE, TAINTS)).doesNotContain("disk-pressure");
                assertThat(cluster.get("node " + NODE, "{.status.conditions[?(@.type=='Ready')].status}"))
                        .isEqualTo("True");
            });
        }
    }

    /// Somebody else takes all the room there is.
    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left on device");
        }
        return filler;
    }
}
