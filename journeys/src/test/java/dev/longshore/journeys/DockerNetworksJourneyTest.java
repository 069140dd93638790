package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Published ports, networks, names and volumes by the real `docker`.
@Order(2)
@ExtendWith(SharedCluster.class)
@Tag("containers")
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

    @Test
    void aNetworkWithIpv6IsReachedByName(RunningCluster cluster) {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "no IPv6 on this host");
        cluster.docker("network", "create", "--ipv6", "--subnet", "fd00:15::/64", "dual")
                .succeeded();
        cluster.docker("run", "-d", "--name", "six", "--network", "dual", "-p", "80", BUSYBOX, "sh", "-c", SERVE)
                .succeeded();
        String port = cluster.docker("port", "six", "80")
                .out()
                .lines()
                .findFirst()
                .orElseThrow()
                .replaceFirst(".*:", "");

        Ran pinged = cluster.docker("run", "--rm", "--network", "dual", BUSYBOX, "ping", "-6", "-c", "1", "six");

        assertThat(pinged.out()).contains("fd00:15::2");
        eventually(
                PATIENCE,
                () -> assertThat(curl(cluster, "http://[fd00:15::1]:" + port + "/")
                                .out())
                        .isNotEmpty());
        cluster.docker("rm", "-f", "six").succeeded();
        cluster.docker("network", "rm", "dual").succeeded();
    }

    @Test
    void aPortOfTheHostHasOneOwnerPodOrContainer(RunningCluster cluster) {
        cluster.docker("run", "-d", "--name", "first", "-p", "28731:80", BUSYBOX, "sleep", "1000")
                .succeeded();
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: waits}
                spec:
                  containers:
                  - name: web
                    image: longshore.local/busybox
                    command: [sleep, "1000"]
                    ports: [{containerPort: 80, hostPort: 28731}]
                """);

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "waits").out())
                        .contains("taken already by container"));
        cluster.docker("rm", "-f", "first").succeeded();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod waits", "{.status.phase}")).isEqualTo("Running"));
        assertThat(cluster.docker("run", "--rm", "-p", "28731:80", BUSYBOX, "true")
                        .err())
                .contains("port is already allocated");
        cluster.kubectl("delete", "pod", "waits", "--grace-period=0", "--force").succeeded();
    }

    private static Ran curl(RunningCluster cluster, String address) {
        return cluster.shell().run("curl", "-sS", "--max-time", "5", address);
    }
}
