package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `longshore certs` on a running cluster with real containers.
@Order(19)
@ExtendWith(SharedCluster.class)
@Tag(ContainerJourneys.TAG)
class CertsJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void certificatesAreRenewedUnderLogsThatAreFollowed(RunningCluster cluster, @TempDir Path folder)
            throws IOException, InterruptedException {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: certs-talk}
                spec:
                  containers:
                  - name: talk
                    image: longshore.local/busybox
                    command: [sh, -c, 'while true; do cat /tmp/word 2>/dev/null; sleep 0.2; done']
                """);
        cluster.kubectl("wait", "--for=condition=Ready", "pod/certs-talk", "--timeout=60s")
                .succeeded();
        Path kubeconfig = cluster.directory().resolve("kubeconfig");
        Path copy = Files.copy(kubeconfig, folder.resolve("older"));
        Process logs = cluster.shell().start("sh", "-c", "exec kubectl logs -f certs-talk > " + folder.resolve("logs"));
        try {
            assertThat(certs(cluster, "list").succeeded().out())
                    .contains("CERTIFICATE AUTHORITY", "apiserver-kubelet-client", "front-proxy-ca", "364d");

            assertThat(certs(cluster, "renew", "all", "ca").succeeded().out())
                    .contains("admin renewed until", "kubelet renewed until", "ca renewed until");

            assertThat(Files.readString(kubeconfig)).isNotEqualTo(Files.readString(copy));
            cluster.kubectl("exec", "certs-talk", "--", "sh", "-c", "echo renewed > /tmp/word")
                    .succeeded();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(folder.resolve("logs")).content().contains("renewed"));
            assertThat(cluster.kubectl("--kubeconfig", copy.toString(), "logs", "certs-talk", "--tail=1")
                            .succeeded()
                            .out())
                    .contains("renewed");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.get("configmap kube-root-ca.crt", "{.data.ca\\.crt}"))
                            .isEqualTo(Files.readString(cluster.directory().resolve("control/pki/ca.crt"))));
            assertThat(cluster.longshore("status").succeeded().out()).doesNotContain("warning");
        } finally {
            logs.destroy();
            logs.waitFor();
            cluster.kubectl("delete", "pod", "certs-talk", "--now").succeeded();
        }
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre(RunningCluster cluster) {
        assertThat(certs(cluster, "renew", "nobody").failed().err())
                .startsWith("longshore: no certificate is called nobody; there are admin, apiserver,");
    }

    private static Ran certs(RunningCluster cluster, String command, String... names) {
        var line = new ArrayList<>(List.of(
                "./longshore",
                "certs",
                command,
                "--data-dir",
                cluster.directory().toString()));
        line.addAll(List.of(names));
        return cluster.shell().run(line.toArray(String[]::new));
    }
}
