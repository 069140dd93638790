package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Pods that a node runs by itself, out of files.
@Order(4)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class StaticPodJourneyTest {

    private static final String CONTAINER = "{.status.containerStatuses[0].containerID}";

    private Path file;

    @AfterEach
    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    @Test
    void aFileOfTheNodeIsAPodThatGoesOnlyWithIt(RunningCluster cluster) throws IOException {
        file = cluster.directory().resolve("node/manifests/own.yaml");
        String pod = "own-" + cluster.get("nodes", "{.items[0].metadata.name}");

        Files.writeString(file, manifest("one"));
        eventually(
                PATIENCE, () -> assertThat(cluster.kubectl("logs", pod).out()).isEqualTo("one\n"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod " + pod, "{.status.phase}")).isEqualTo("Running"));
        String container = cluster.get("pod " + pod, CONTAINER);
        assertThat(cluster.get("pod " + pod, "{.metadata.ownerReferences[0].kind}"))
                .isEqualTo("Node");

        // The mirror comes back; the container never went.
        String mirror = cluster.get("pod " + pod, "{.metadata.uid}");
        cluster.kubectl("delete", "pod", pod, "--wait=false").succeeded();
        eventually(PATIENCE, () -> {
            assertThat(cluster.get("pod " + pod, "{.metadata.uid}")).isNotEqualTo(mirror);
            assertThat(cluster.get("pod " + pod, CONTAINER)).isEqualTo(container);
        });

        Files.writeString(file, manifest("two"));
        eventually(
                PATIENCE, () -> assertThat(cluster.kubectl("logs", pod).out()).isEqualTo("two\n"));

        Files.delete(file);
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("get", "pod", pod, "--ignore-not-found")
                                .out())
                        .isEmpty());
    }

    private static String manifest(String word) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: own}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: longshore.local/busybox
                    imagePullPolicy: IfNotPresent
                    command: [sh, -c, "echo %s; sleep 3600"]
                """.formatted(word);
    }
}
