package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `up`, `status`, `version` and `kubeconfig` say, and how they refuse.
@Order(6)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class StartJourneyTest {

    @Test
    void aSecondUpSaysThatItRunsAlready(RunningCluster cluster) {
        assertThat(cluster.up().failed().all()).contains("runs on " + cluster.directory() + " already");
    }

    @Test
    void statusTellsOfNodeAndAddresses(RunningCluster cluster) {
        assertThat(cluster.longshore("status").succeeded().out())
                .contains("running", "Ready", "https://", cluster.record("registryPort"));
    }

    @Test
    void versionNamesTheKubernetesApi(RunningCluster cluster) {
        assertThat(cluster.shell().run("./longshore", "version").succeeded().out())
                .contains("Longshore", "v1.36");
    }

    @Test
    void kubeconfigIsTheAdminsAndOnlyTheirs(RunningCluster cluster) throws IOException {
        Path file = cluster.directory().resolve("kubeconfig");

        assertThat(cluster.longshore("kubeconfig").succeeded().out()).isEqualTo(Files.readString(file));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(cluster.kubectl("auth", "can-i", "*", "*").succeeded().out()).contains("yes");
    }

    @Test
    void strangersGetNothing(RunningCluster cluster) {
        String server = cluster.shell()
                .run("kubectl", "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
                .out();

        assertThat(cluster.shell()
                        .run("curl", "-sk", server + "/api/v1/pods")
                        .succeeded()
                        .out())
                .contains("\"code\": 403", "system:anonymous");
        assertThat(cluster.shell()
                        .run("curl", "-sk", "-H", "Authorization: Bearer nonsense", server + "/api/v1/pods")
                        .succeeded()
                        .out())
                .contains("Unauthorized");
    }

    @Test
    void badFlagsGetOneLineAndAnExitStatus(RunningCluster cluster, @TempDir Path folder) {
        Ran unknown = cluster.shell().run("./longshore", "up", "--wat").failed();
        Ran port = cluster.shell()
                .run("./longshore", "up", "--data-dir", folder.resolve("x").toString(), "--api-port", "70000")
                .failed();

        assertThat(unknown.err().lines()).hasSize(1);
        assertThat(unknown.err()).contains("--wat");
        assertThat(port.err().lines()).hasSize(1);
        assertThat(port.err()).contains("--api-port 70000");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void aTakenPortIsNamedAndNothingIsHalfStarted(RunningCluster cluster, @TempDir Path folder) throws IOException {
        var claims = cluster.shell().run("ls", "/run/longshore/addresses").out();
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            Ran up = cluster.shell()
                    .run(
                            "./longshore",
                            "up",
                            "--detach",
                            "--name",
                            "taken",
                            "--data-dir",
                            folder.resolve("taken").toString(),
                            "--api-port",
                            String.valueOf(taken.getLocalPort()))
                    .failed();

            assertThat(up.all()).contains("port " + taken.getLocalPort(), "--api-port");
            assertThat(cluster.shell().run("ls", "/run/longshore/addresses").out())
                    .as("claimed address ranges")
                    .isEqualTo(claims);
            assertThat(cluster.shell()
                            .run("sh", "-c", "ps -eo args | grep -- '--name take[n]'")
                            .out())
                    .isEmpty();
        }
    }

    @Test
    void aReadOnlyDirectoryIsRefused(RunningCluster cluster) {
        Ran up = cluster.shell()
                .run("./longshore", "up", "--data-dir", "/proc/longshore")
                .failed();

        assertThat(up.err()).contains("cannot write to /proc/longshore", "--data-dir");
    }

    @Test
    void aFileMayHoldTheFlags(RunningCluster cluster, @TempDir Path folder) throws IOException {
        Path config = folder.resolve("longshore.yaml");
        Files.writeString(config, "api-port: 6443\nsurprise: 1\n");

        assertThat(cluster.shell()
                        .run("./longshore", "up", "--config", config.toString())
                        .failed()
                        .err())
                .contains("unknown key \"surprise\"");

        Files.writeString(config, "api-port: 70000\ndata-dir: " + folder.resolve("never") + "\n");
        assertThat(cluster.shell()
                        .run("./longshore", "up", "--config", config.toString())
                        .failed()
                        .err())
                .contains("--api-port 70000");
    }

    @Test
    void withoutRootItSaysSo(RunningCluster cluster, @TempDir Path folder) {
        String[] asNobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
        boolean canRead = cluster.shell()
                        .run(asNobody[0], asNobody[1], asNobody[2], asNobody[3], "test", "-r", "pom.xml")
                        .exit()
                == 0;
        assumeThat(canRead).as("others may read this checkout").isTrue();

        Ran up = cluster.shell()
                .run(
                        asNobody[0],
                        asNobody[1],
                        asNobody[2],
                        asNobody[3],
                        "./longshore",
                        "up",
                        "--data-dir",
                        folder.resolve("x").toString())
                .failed();

        assertThat(up.err()).contains("needs root").contains("sudo");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void twoClustersShareAHostAndTheNodeOfOneIsShutDownGracefully(RunningCluster cluster, @TempDir Path folder)
            throws IOException {
        try (var second = RunningCluster.fresh()) {
            second.up(GoingDown.flags(folder)).succeeded();

            assertThat(second.kubectl("get", "nodes").succeeded().out()).contains("Ready");
            assertThat(second.record("apiPort")).isNotEqualTo(cluster.record("apiPort"));
            assertThat(second.record("podRange")).isNotEqualTo(cluster.record("podRange"));
            assertThat(second.record("serviceRange")).isNotEqualTo(cluster.record("serviceRange"));
            buildsOnAnImageOfAnotherRegistry(second, cluster.registry() + "/hello:1", folder);
            AskedCertificate.countsOnceItIsApproved(second);
            GoingDown.podsEndInTheirOrder(second);
            second.longshore("down").succeeded();
            assertThat(cluster.kubectl("get", "nodes").succeeded().out()).contains("Ready");
        }
    }

    private static void buildsOnAnImageOfAnotherRegistry(RunningCluster cluster, String base, Path context)
            throws IOException {
        Files.writeString(context.resolve("Dockerfile"), "FROM " + base + "\nRUN test -x /usr/local/bin/serve\n");

        assertThat(cluster.docker("build", "-t", "derived:1", context.toString())
                        .succeeded()
                        .out())
                .contains("Successfully tagged derived:1");
    }
}
