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
import org.junit.jupiter.api.io.TempDir;

/// Volumes that are emptied for the next claim (`persistentVolumeReclaimPolicy: Recycle`).
@Order(5)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class RecycledVolumeJourneyTest {

    /// What the pod that scrubs runs; nothing is fetched from outside here.
    private static final String SCRUBBER = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6";

    @TempDir
    private Path directory;

    @TempDir
    private Path context;

    @AfterEach
    void remove(RunningCluster cluster) {
        cluster.kubectl("delete", "pvc/recycled", "pv/recycled", "--ignore-not-found", "--timeout=60s");
        cluster.docker("rmi", SCRUBBER);
    }

    @Test
    void aVolumeIsEmptiedWhenItsClaimIsGoneAndThenGivenToTheNext(RunningCluster cluster) throws IOException {
        // An image of its own: one that another test pulled with a secret is not for this pod.
        Files.writeString(context.resolve("Dockerfile"), "FROM longshore.local/busybox\nLABEL does=scrub\n");
        cluster.docker("build", "-q", "-t", SCRUBBER, context.toString()).succeeded();
        Files.writeString(Files.createDirectories(directory.resolve("of/old")).resolve("secret"), "of the last claim");
        Files.writeString(directory.resolve(".hidden"), "too");
        cluster.apply(volume());
        cluster.apply(claim());
        cluster.kubectl("wait", "pvc/recycled", "--for=jsonpath={.status.phase}=Bound", "--timeout=60s")
                .succeeded();

        cluster.kubectl("delete", "pvc", "recycled", "--timeout=60s").succeeded();

        cluster.kubectl("wait", "pv/recycled", "--for=jsonpath={.status.phase}=Available", "--timeout=60s")
                .succeeded();
        assertThat(directory).isEmptyDirectory();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("get", "pods", "-n", "default", "-o", "name")
                                .out())
                        .doesNotContain("recycler-for-recycled"));
        cluster.apply(claim());
        cluster.kubectl("wait", "pvc/recycled", "--for=jsonpath={.status.phase}=Bound", "--timeout=60s")
                .succeeded();
    }

    private String volume() {
        return """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: recycled}
                spec:
                  capacity: {storage: 1Gi}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Recycle
                  storageClassName: recycled
                  hostPath: {path: "%s"}
                """.formatted(directory);
    }

    private static String claim() {
        return """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: recycled}
                spec:
                  accessModes: [ReadWriteOnce]
                  storageClassName: recycled
                  resources: {requests: {storage: 1Gi}}
                """;
    }
}
