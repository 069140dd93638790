package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A cluster with pods, whose state lies in Debian's etcd, which dies and comes back.
@Tag("containers")
@Tag(OwnClusterJourneys.TAG)
@ExtendWith(HostLock.InTurn.class)
class EtcdOutageJourneyTest {

    private static final int PER_SECOND = 20;

    private static final String WEB = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: web
                    image: hello:1
                    imagePullPolicy: Never
                    readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: {app: web}
              ports: [{port: 80, targetPort: 8080}]
            """;

    @TempDir
    private Path directory;

    private RunningCluster cluster;
    private Process etcd;

    @AfterEach
    void leaveNothing() throws InterruptedException {
        if (cluster != null) {
            cluster.close();
        }
        if (etcd != null) {
            kill();
        }
    }

    @Test
    void applicationsGoOnServingWhileEtcdIsAwayAndTheClusterGoesOnByItself() throws Exception {
        Needs.rootAnd("kubectl", "docker", "etcd");
        int port = FreePort.any();
        int peers = FreePort.any();
        start(port, peers);
        cluster = RunningCluster.fresh();
        cluster.up("--store", "etcd://127.0.0.1:" + port).succeeded();
        cluster.docker("build", "-t", "hello:1", "examples/hello").succeeded();
        cluster.apply(WEB);
        cluster.kubectl("rollout", "status", "deployment/web", "--timeout=90s").succeeded();
        String before = identities();

        String address = cluster.get("service web", "{.spec.clusterIP}");
        try (var requests = RequestLoop.against("http://" + address + "/", PER_SECOND)) {
            eventually(PATIENCE, () -> assertThat(requests.successes()).isGreaterThan(PER_SECOND));
            kill();
            assertThat(cluster.kubectl("create", "configmap", "none").err()).contains("etcd");
            assertThat(cluster.kubectl("get", "--raw", "/readyz").err()).contains("etcd");
            int since = requests.successes();
            eventually(PATIENCE, () -> assertThat(requests.successes()).isGreaterThan(since + 5 * PER_SECOND));

            start(port, peers);
            eventually(
                    PATIENCE,
                    () -> cluster.kubectl("create", "configmap", "after").succeeded());
            cluster.kubectl("scale", "deployment/web", "--replicas=3").succeeded();
            cluster.kubectl("rollout", "status", "deployment/web", "--timeout=90s")
                    .succeeded();
            assertThat(requests.failures()).isEmpty();
        }

        assertThat(identities()).contains(before.lines().toList());
        assertThat(cluster.get("configmaps", "{.items[*].metadata.name}")).doesNotContain("none");
    }

    /// The containers, one a line.
    private String identities() {
        return cluster.get(
                "pods -l app=web",
                "{range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID} "
                        + "{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}");
    }

    private void start(int port, int peers) throws IOException {
        String clients = "http://127.0.0.1:" + port;
        String others = "http://127.0.0.1:" + peers;
        etcd = new ProcessBuilder(
                        "etcd",
                        "--data-dir=" + directory.resolve("etcd"),
                        "--listen-client-urls=" + clients,
                        "--advertise-client-urls=" + clients,
                        "--listen-peer-urls=" + others,
                        "--initial-advertise-peer-urls=" + others,
                        "--initial-cluster=default=" + others)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), "etcd.log")))
                .start();
    }

    private void kill() throws InterruptedException {
        etcd.destroyForcibly();
        assertThat(etcd.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
