package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The lesson of `examples/python-helloworld`: from the distribution's packages to a service that answers, with no
/// registry and no network but apt's.
@Order(2)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class PythonExampleJourneyTest {

    @Test
    void aPythonApplicationIsBuiltFromTheDistributionsPackagesAndServed(RunningCluster cluster) {
        Ran made = cluster.longshore("images", "base", "python").succeeded();
        assertThat(made.out()).contains("longshore.local/python:latest");
        assertThat(cluster.longshore("images", "base", "nonsense").failed().all())
                .contains("no base image is called \"nonsense\"; there are busybox, debian, python");

        cluster.docker("build", "-t", "python-helloworld:1", "examples/python-helloworld")
                .succeeded();
        cluster.kubectl("apply", "-f", "examples/python-helloworld/").succeeded();
        cluster.kubectl("rollout", "status", "deployment/python-helloworld", "--timeout=120s")
                .succeeded();

        String ip = cluster.get("service python-helloworld", "{.spec.clusterIP}");
        RunningCluster.eventually(
                HelloApplication.PATIENCE,
                () -> assertThat(cluster.shell()
                                .run("curl", "-sf", "--max-time", "5", "http://" + ip + "/")
                                .out())
                        .startsWith("Hello World!\nfrom python-helloworld-"));
        assertThat(cluster.shell()
                        .run("curl", "-sf", "http://" + ip + "/status")
                        .succeeded()
                        .out())
                .isEqualTo("{\"result\": \"OK - healthy\"}\n");
        assertThat(cluster.kubectl("logs", "deployment/python-helloworld")
                        .succeeded()
                        .out())
                .contains("listening on port 8080");
        cluster.kubectl("delete", "-f", "examples/python-helloworld/", "--timeout=60s")
                .succeeded();
    }
}
