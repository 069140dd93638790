package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `down` leaves nothing behind. Runs before the journeys that share a cluster, while no other one changes the host.
@Order(1)
@Tag("containers")
class DownJourneyTest {

    private static HostLock host;

    @BeforeAll
    static void theHostIsOurs() throws IOException {
        Needs.rootAnd("kubectl", "docker");
        host = HostLock.first();
    }

    @AfterAll
    static void leaveItToOthers() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void downStopsThePodsAndLeavesTheHostAsItWasAndPurgeForgetsThem() {
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

            cluster.longshore("down", "--purge").succeeded();
            assertThat(Files.exists(cluster.directory())).isFalse();
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
    void ctrlCInTheMiddleOfUpLeavesNothing() throws IOException, InterruptedException {
        try (var cluster = RunningCluster.fresh()) {
            var before = HostTraces.now(cluster.shell());
            Process up = cluster.upInForeground();
            try (var lines = new BufferedReader(new InputStreamReader(up.getInputStream()))) {
                String line = lines.readLine();
                while (!line.contains("API server")) {
                    line = lines.readLine();
                }
                cluster.shell().run("kill", "-INT", String.valueOf(up.pid())).succeeded();
                lines.lines().forEach(rest -> assertThat(rest).doesNotContain("Exception"));
            }

            assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(HostTraces.now(cluster.shell())).isEqualTo(before);
        }
    }
}
