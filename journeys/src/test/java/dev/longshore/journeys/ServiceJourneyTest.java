package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Point 5: one address for all replicas, from the host and from pods.
@Order(3)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class ServiceJourneyTest {

    private static final int REQUESTS = 50;

    @Test
    void theServicesAddressReachesEveryReplicaFromTheHost(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);

        eventually(
                PATIENCE,
                () -> assertThat(reachedFromHost(cluster, hello.address()))
                        .containsExactlyInAnyOrderElementsOf(hello.pods()));
    }

    @Test
    void theServicesNameReachesEveryReplicaFromAPod(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);
        String pod = hello.pods().getFirst();
        String loop =
                "i=0; while [ $i -lt 50 ]; do wget -q -O- http://hello.default.svc.cluster.local/; i=$((i+1)); done";

        eventually(
                PATIENCE,
                () -> assertThat(podsIn(
                                hello.pods(),
                                cluster.kubectl("exec", pod, "--", "sh", "-c", loop)
                                        .succeeded()
                                        .out()))
                        .containsExactlyInAnyOrderElementsOf(hello.pods()));
    }

    @Test
    void shortNamesResolveToo(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();

        assertThat(cluster.kubectl("exec", pod, "--", "wget", "-q", "-O-", "http://hello/")
                        .succeeded()
                        .out())
                .contains("hello-");
        assertThat(cluster.kubectl("exec", pod, "--", "wget", "-q", "-O-", "http://nosuch.default.svc.cluster.local/")
                        .failed()
                        .err())
                .contains("bad address");
    }

    @Test
    void aPodThatIsNotReadyGetsNoTraffic(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);
        String unready = hello.pods().getFirst();
        cluster.kubectl("exec", unready, "--", "rm", "/tmp/ready").succeeded();
        try {
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("pod " + unready, "{.status.conditions[?(@.type==\"Ready\")].status}"))
                            .isEqualTo("False"));
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("endpoints hello", "{.subsets[0].addresses[*].targetRef.name}"))
                            .doesNotContain(unready));
            eventually(
                    PATIENCE,
                    () -> assertThat(reachedFromHost(cluster, hello.address()))
                            .hasSize(2)
                            .doesNotContain(unready));
        } finally {
            cluster.kubectl("exec", unready, "--", "touch", "/tmp/ready");
        }
        eventually(
                PATIENCE,
                () -> assertThat(reachedFromHost(cluster, hello.address())).contains(unready));
    }

    @Test
    void aNodePortIsOpenOnTheHost(RunningCluster cluster) {
        HelloApplication.in(cluster);
        cluster.kubectl(
                        "expose",
                        "deployment",
                        "hello",
                        "--name=outside",
                        "--type=NodePort",
                        "--port=80",
                        "--target-port=8080")
                .succeeded();
        try {
            String port = cluster.get("service outside", "{.spec.ports[0].nodePort}");
            String node = cluster.get("nodes", "{.items[0].status.addresses[?(@.type==\"InternalIP\")].address}");

            eventually(PATIENCE, () -> {
                assertThat(curl(cluster, "http://" + node + ":" + port + "/").out())
                        .contains("hello-");
                assertThat(curl(cluster, "http://127.0.0.1:" + port + "/").out())
                        .contains("hello-");
            });
        } finally {
            cluster.kubectl("delete", "service", "outside");
        }
    }

    @Test
    void aServiceAddressThatNoRuleTakesIsRefused(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);
        String unused = hello.address().replaceFirst("\\.\\d+\\.\\d+$", ".250.250");

        assertThat(curl(cluster, "http://" + unused + "/").failed().exit())
                .as("curl's code for a refused connection")
                .isEqualTo(7);
        assertThat(cluster.kubectl("exec", hello.pods().getFirst(), "--", "nc", "-w", "3", unused, "80")
                        .failed()
                        .err())
                .containsAnyOf("Connection refused", "unreachable");
    }

    @Test
    void theKubernetesServiceLeadsPodsToTheApiServer(RunningCluster cluster) {
        String pod = HelloApplication.in(cluster).pods().getFirst();
        String endpoint =
                cluster.get("endpoints kubernetes", "{.subsets[0].addresses[0].ip}:{.subsets[0].ports[0].port}");

        assertThat(endpoint).matches("\\d+\\.\\d+\\.\\d+\\.\\d+:\\d+");
        assertThat(cluster.kubectl(
                                "exec",
                                pod,
                                "--",
                                "sh",
                                "-c",
                                "nc -w 3 $KUBERNETES_SERVICE_HOST 443 </dev/null && echo open")
                        .succeeded()
                        .out())
                .contains("open");
        assertThat(cluster.kubectl("exec", pod, "--", "ls", "/var/run/secrets/kubernetes.io/serviceaccount")
                        .succeeded()
                        .out())
                .contains("ca.crt", "namespace", "token");
    }

    private static Set<String> reachedFromHost(RunningCluster cluster, String address) {
        var answers = new StringBuilder();
        for (int i = 0; i < REQUESTS; i++) {
            answers.append(curl(cluster, "http://" + address + "/").succeeded().out());
        }
        return podsIn(List.of(answers.toString().split("[\\s,]+")), answers.toString()).stream()
                .filter(word -> word.matches("hello-[a-z0-9]+-[a-z0-9]{5}"))
                .collect(java.util.stream.Collectors.toSet());
    }

    private static Set<String> podsIn(List<String> names, String text) {
        var found = new HashSet<String>();
        names.stream().filter(text::contains).forEach(found::add);
        return found;
    }

    private static Ran curl(RunningCluster cluster, String url) {
        return cluster.shell().run("curl", "-sf", "-m", "3", "--noproxy", "*", url);
    }
}
