package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/// A kubelet that asks for the certificate of its HTTPS port (`serverTLSBootstrap`), which somebody has to
/// approve.
final class AskedCertificate {

    private static final String REQUESTS = "csr --field-selector spec.signerName=kubernetes.io/kubelet-serving";

    private AskedCertificate() {}

    /// Until it is approved nothing can be read of pods; from then on it is shown, signed by the cluster's
    /// authority.
    static void countsOnceItIsApproved(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: says}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - {name: c, image: longshore.local/busybox, command: [sh, -c, "echo heard; exec sleep 1000"]}
                """);
        cluster.kubectl("wait", "--for=condition=Ready", "pod/says", "--timeout=60s")
                .succeeded();
        String node = cluster.get("nodes", "{.items[0].metadata.name}");
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get(REQUESTS, "{.items[*].spec.username}"))
                        .isEqualTo("system:node:" + node));
        assertThat(cluster.kubectl("logs", "says").failed().err()).contains("Error from server", "tls: internal error");
        assertThat(shown(cluster).failed().out()).doesNotContain("system:node:");

        cluster.kubectl("certificate", "approve", cluster.get(REQUESTS, "{.items[0].metadata.name}"))
                .succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("logs", "says").succeeded().out())
                        .isEqualTo("heard\n"));
        assertThat(shown(cluster).succeeded().all())
                .contains("Verification: OK", "O = system:nodes, CN = system:node:" + node);
        cluster.kubectl("delete", "pod", "says", "--now").succeeded();
    }

    /// What `openssl` says of the certificate that is shown, if it is.
    private static Ran shown(RunningCluster cluster) {
        Path authority = cluster.directory().resolve("control/pki/ca.crt");
        return cluster.shell()
                .run(
                        "sh",
                        "-c",
                        "openssl s_client -connect 127.0.0.1:" + cluster.record("kubeletPort") + " -CAfile " + authority
                                + " -verify_return_error < /dev/null");
    }
}
