package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The drill of docs/disaster-recovery.md: the server is killed and `DIR/control` is gone, store, keys and all.
@Order(6)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class DisasterRecoveryJourneyTest {

    private static final long SKIPPED = 1_000_000_000;

    @Test
    void aBackupGivesTheClusterBackAndRunningPodsAreAdopted(RunningCluster cluster) throws IOException {
        HelloApplication hello = HelloApplication.in(cluster);
        cluster.kubectl("create", "configmap", "kept", "--from-literal=a=b").succeeded();
        String before = hello.identities();
        Path backup = cluster.directory().resolve("drill.backup");
        assertThat(cluster.longshore("backup", backup.toString()).succeeded().out())
                .contains("backup of cluster " + cluster.name())
                .contains("at revision ");
        cluster.kubectl("create", "configmap", "made-later").succeeded();
        long last = revision(cluster, "made-later");

        cluster.killed();
        delete(cluster.directory().resolve("control"));
        assertThat(cluster.longshore("restore", backup.toString()).succeeded().out())
                .contains("restored cluster " + cluster.name());
        cluster.up().succeeded();

        hello.isRolledOut();
        eventually(PATIENCE, () -> assertThat(hello.identities()).isEqualTo(before));
        assertThat(cluster.get("configmap kept", "{.data.a}")).isEqualTo("b");
        assertThat(cluster.kubectl("get", "configmap", "made-later").err()).contains("NotFound");
        Ran watch = cluster.kubectl(
                "get",
                "--raw",
                "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=5&resourceVersion=" + last);
        assertThat(watch.out() + watch.err()).contains("too old resource version");
        cluster.kubectl("exec", hello.pods().getFirst(), "--", "true").succeeded();
        cluster.kubectl("create", "configmap", "made-anew").succeeded();
        assertThat(revision(cluster, "made-anew")).isGreaterThan(last + SKIPPED / 2);
        cluster.kubectl("delete", "configmap", "kept", "made-anew").succeeded();
        Files.delete(backup);
    }

    private static long revision(RunningCluster cluster, String configMap) {
        return Long.parseLong(cluster.get("configmap " + configMap, "{.metadata.resourceVersion}"));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
