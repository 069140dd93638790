package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Services of type LoadBalancer, whose addresses answer.
@Order(3)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class BalancerJourneyTest {

    private static final int REQUESTS = 20;

    private RunningCluster cluster;

    @BeforeEach
    void expose(RunningCluster cluster) {
        this.cluster = cluster;
        HelloApplication.in(cluster);
        expose("balanced", "\"sessionAffinity\": \"None\"");
    }

    @AfterEach
    void close() {
        cluster.kubectl("delete", "service", "balanced", "second", "--ignore-not-found");
    }

    @Test
    void theAddressAnswersFromTheHostAndFromPodsUntilItIsGivenToTheNext() {
        String address = address("balanced");
        assertThat(address).matches("203\\.0\\.113\\.(\\d|1[0-5])");
        eventually(PATIENCE, () -> assertThat(reached(address)).hasSize(3));
        String pod = HelloApplication.in(cluster).pods().getFirst();
        assertThat(cluster.kubectl("exec", pod, "--", "wget", "-q", "-O-", "http://" + address + "/")
                        .succeeded()
                        .out())
                .contains("hello-");

        cluster.kubectl("delete", "service", "balanced").succeeded();
        eventually(PATIENCE, () -> assertThat(curl(address).exit()).isNotZero());

        expose("second", "\"sessionAffinity\": \"None\"");
        assertThat(address("second")).isEqualTo(address);
        eventually(PATIENCE, () -> assertThat(reached(address)).hasSize(3));
    }

    @Test
    void onlyTheSourcesThatAreNamedReachIt() {
        String address = address("balanced");
        eventually(PATIENCE, () -> assertThat(reached(address)).hasSize(3));

        patch("{\"spec\": {\"loadBalancerSourceRanges\": [\"198.51.100.77/32\"]}}");
        eventually(
                PATIENCE,
                () -> assertThat(curl(address).exit())
                        .as("curl's code for a connection that timed out")
                        .isEqualTo(28));

        patch("{\"spec\": {\"loadBalancerSourceRanges\": [\"0.0.0.0/0\"]}}");
        eventually(PATIENCE, () -> assertThat(reached(address)).hasSize(3));
    }

    @Test
    void itNeedsNoNodePortAndKeepsItsClientsWhereTheyAre() {
        expose(
                "second",
                "\"allocateLoadBalancerNodePorts\": false, \"sessionAffinity\": \"ClientIP\", \"loadBalancerIP\":"
                        + " \"203.0.113.9\"");

        assertThat(address("second")).isEqualTo("203.0.113.9");
        assertThat(cluster.get("service second", "{.spec.ports[0].nodePort}")).isEmpty();
        eventually(PATIENCE, () -> assertThat(reached("203.0.113.9")).hasSize(1));
    }

    private void expose(String name, String more) {
        cluster.kubectl(
                        "expose",
                        "deployment",
                        "hello",
                        "--name=" + name,
                        "--type=LoadBalancer",
                        "--port=80",
                        "--target-port=8080",
                        "--overrides={\"spec\": {" + more + "}}")
                .succeeded();
    }

    private void patch(String change) {
        cluster.kubectl("patch", "service", "balanced", "--type=merge", "-p", change)
                .succeeded();
    }

    private String address(String service) {
        String path = "{.status.loadBalancer.ingress[0].ip}";
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("service " + service, path)).isNotEmpty());
        return cluster.get("service " + service, path);
    }

    private Set<String> reached(String address) {
        var pods = new HashSet<String>();
        for (int i = 0; i < REQUESTS; i++) {
            for (String word : curl(address).succeeded().out().split("[\\s,]+")) {
                if (word.matches("hello-[a-z0-9]+-[a-z0-9]{5}")) {
                    pods.add(word);
                }
            }
        }
        return pods;
    }

    private Ran curl(String address) {
        return cluster.shell().run("curl", "-sf", "-m", "3", "--noproxy", "*", "http://" + address + "/");
    }
}
