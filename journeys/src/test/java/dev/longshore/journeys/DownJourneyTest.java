package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Point 8: `down` leaves nothing behind. Runs first, while no other cluster changes the host.
@Order(0)
class DownJourneyTest {

    @BeforeAll
    static void needsRootAndTools() {
        Needs.rootAnd("kubectl", "docker");
    }

    @Test
    void downStopsThePodsAndLeavesTheHostAsItWas() {
        try (var cluster = RunningCluster.fresh()) {
            var before = HostTraces.now(cluster.shell());
            cluster.up().succeeded();
            cluster.docker("build", "-t", "hello:1", "examples/hello").succeeded();
            HelloApplication.in(cluster);
            assertThat(HostTraces.now(cluster.shell())).isNotEqualTo(before);

            Ran down = cluster.longshore("down").succeeded();

            assertThat(HostTraces.now(cluster.shell())).isEqualTo(before);
            assertThat(down.out()).isNotBlank();
            assertThat(cluster.longshore("down").succeeded().out()).contains("nothing runs");
            cluster.up().succeeded();
            assertThat(cluster.kubectl("get", "deployment", "hello").succeeded().out())
                    .contains("hello");
            HelloApplication.in(cluster);
        }
    }

    @Test
    void downCleansUpAfterAServerThatDied() {
        try (var cluster = RunningCluster.fresh()) {
            var before = HostTraces.now(cluster.shell());
            cluster.up().succeeded();
            cluster.kubectl("run", "left", "--image=longshore.local/busybox", "--", "sleep", "1000")
                    .succeeded();
            cluster.kubectl("wait", "--for=condition=Ready", "pod/left", "--timeout=60s")
                    .succeeded();
            cluster.shell().run("kill", "-9", String.valueOf(cluster.pid())).succeeded();

            cluster.longshore("down").succeeded();

            assertThat(HostTraces.now(cluster.shell())).isEqualTo(before);
        }
    }

    @Test
    void purgeForgetsTheCluster() throws IOException {
        try (var cluster = RunningCluster.fresh()) {
            cluster.up().succeeded();

            cluster.longshore("down", "--purge").succeeded();

            assertThat(Files.exists(cluster.directory())).isFalse();
        }
    }
}
