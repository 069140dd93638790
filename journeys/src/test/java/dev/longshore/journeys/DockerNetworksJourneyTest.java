package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Published ports, networks, names and volumes by the real `docker`.
@Order(2)
@ExtendWith(SharedCluster.class)
class DockerNetworksJourneyTest {

    private static final String BUSYBOX = "longshore.local/busybox";
    private static final String SERVE = "mkdir /www; hostname > /www/index.html; exec httpd -f -p 80 -h /www";

    @Test
    void aPublishedPortIsReachedFromTheHostAndTakenOnce(RunningCluster cluster) {
        cluster.docker("run", "-d", "--name", "web", "--hostname", "front", "-p", "80", BUSYBOX, "sh", "-c", SERVE)
                .succeeded();
        String port = cluster.docker("port", "web", "80").out().strip().replaceFirst(".*:", "");

        eventually(
                PATIENCE,
                () -> assertThat(curl(cluster, "http://127.0.0.1:" + port + "/").out())
                        .isEqualTo("front\n"));
        Ran taken = cluster.docker("run", "--rm", "-p", port + ":80", BUSYBOX, "true");

        assertThat(taken.exit()).isEqualTo(125);
        assertThat(taken.err()).contains("Bind for 0.0.0.0:" + port + " failed: port is already allocated");
        cluster.docker("rm", "-f", "web").succeeded();
        assertThat(curl(cluster, "http://127.0.0.1:" + port + "/").exit()).isNotZero();
    }

    @Test
    void containersFindEachOtherByNameOnANetworkOfTheirOwnOnly(RunningCluster cluster) {
        cluster.docker("network", "create", "front").succeeded();
        cluster.docker("network", "create", "--internal", "back").succeeded();
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "api",
                        "--network",
                        "front",
                        "--network-alias",
                        "www",
                        BUSYBOX,
                        "sh",
                        "-c",
                        SERVE)
                .succeeded();
        cluster.docker("run", "-d", "--name", "client", "--network", "front", BUSYBOX, "sleep", "1000")
                .succeeded();
        cluster.docker("run", "-d", "--name", "stranger", BUSYBOX, "sleep", "1000")
                .succeeded();
        String address = cluster.docker(
                        "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "api")
                .out()
                .strip();

        for (String name : new String[] {"api", "www"}) {
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.docker("exec", "client", "nslookup", name)
                                    .out())
                            .contains(address));
        }
        assertThat(cluster.docker("exec", "client", "nc", "-w", "2", address, "80")
                        .exit())
                .isZero();
        assertThat(cluster.docker("exec", "stranger", "nslookup", "api").exit()).isNotZero();
        assertThat(cluster.docker("exec", "stranger", "nc", "-w", "1", address, "80")
                        .exit())
                .isNotZero();
        cluster.docker("network", "connect", "front", "stranger").succeeded();
        assertThat(cluster.docker("exec", "stranger", "nc", "-w", "2", address, "80")
                        .exit())
                .isZero();
        cluster.docker("network", "disconnect", "front", "stranger").succeeded();
        assertThat(cluster.docker("network", "rm", "front").failed().err()).contains("has active endpoints");
        assertThat(cluster.docker("run", "--rm", "--network", "back", BUSYBOX, "ip", "route")
                        .out())
                .doesNotContain("default");
        cluster.docker("rm", "-f", "api", "client", "stranger").succeeded();
        cluster.docker("network", "rm", "front", "back").succeeded();
    }

    @Test
    void aContainerJoinsAnothersNetworkTheHostsOrNone(RunningCluster cluster) {
        cluster.docker("run", "-d", "--name", "pod", BUSYBOX, "sh", "-c", SERVE).succeeded();

        assertThat(cluster.docker(
                                "run",
                                "--rm",
                                "--network",
                                "container:pod",
                                BUSYBOX,
                                "nc",
                                "-w",
                                "2",
                                "127.0.0.1",
                                "80")
                        .exit())
                .isZero();
        assertThat(cluster.docker("run", "--rm", "--network", "host", BUSYBOX, "hostname")
                        .out())
                .isEqualTo(cluster.shell().run("hostname").out());
        assertThat(cluster.docker("run", "--rm", "--network", "none", BUSYBOX, "ip", "-o", "addr")
                        .out())
                .doesNotContain("eth0");
        cluster.docker("rm", "-f", "pod").succeeded();
    }

    @Test
    void aContainerReachesServicesOfTheClusterByName(RunningCluster cluster) {
        Ran found = cluster.docker("run", "--rm", BUSYBOX, "nslookup", "kubernetes.default.svc.cluster.local");

        assertThat(found.out()).contains(cluster.get("service kubernetes", "{.spec.clusterIP}"));
    }

    @Test
    void volumesOutliveContainersAndBeginWithTheImagesFiles(RunningCluster cluster, @TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve("note"), "from the host");

        cluster.docker("run", "--rm", "-v", "chest:/etc", BUSYBOX, "sh", "-c", "echo gold > /etc/treasure")
                .succeeded();
        Ran again = cluster.docker(
                "run",
                "--rm",
                "-v",
                "chest:/chest:ro",
                "-v",
                folder + ":/host",
                "--mount",
                "type=tmpfs,target=/fast,tmpfs-size=1m",
                BUSYBOX,
                "sh",
                "-c",
                "cat /chest/treasure /chest/passwd /host/note; touch /chest/x; touch /fast/x && echo fast");

        assertThat(again.out()).contains("gold\n", "root:", "from the host", "fast\n");
        assertThat(again.err()).contains("Read-only file system");
        cluster.docker("create", "--name", "keeper", "-v", "chest:/x", "-v", "/anonymous", BUSYBOX)
                .succeeded();
        assertThat(cluster.docker("volume", "rm", "chest").failed().err()).contains("volume is in use");
        assertThat(cluster.docker("volume", "ls", "-q").out().lines()).hasSize(2);
        cluster.docker("rm", "-v", "keeper").succeeded();
        assertThat(cluster.docker("volume", "ls", "-q").out()).isEqualTo("chest\n");
        assertThat(cluster.docker("system", "df", "-v").out()).contains("chest");
        cluster.docker("volume", "rm", "chest").succeeded();
    }

    private static Ran curl(RunningCluster cluster, String address) {
        return cluster.shell().run("curl", "-sS", "--max-time", "5", address);
    }
}
