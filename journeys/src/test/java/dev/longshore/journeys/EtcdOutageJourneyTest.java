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
        HelloApplication hello = HelloApplication.in(cluster);
        String before = hello.identities();

        try (var requests = RequestLoop.against("http://" + hello.address() + "/", PER_SECOND)) {
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
            cluster.kubectl("scale", "deployment/hello", "--replicas=4").succeeded();
            hello.isRolledOut();
            assertThat(requests.failures()).isEmpty();
        }

        assertThat(hello.identities()).contains(before.lines().toList());
        assertThat(cluster.get("configmaps", "{.items[*].metadata.name}")).doesNotContain("none");
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
