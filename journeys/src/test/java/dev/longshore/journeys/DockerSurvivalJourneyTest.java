package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Containers of the engine do not notice when Longshore dies; `down` ends them, and the next `up` starts those
/// that are to run always.
@Tag("containers")
@Tag(OwnClusterJourneys.TAG)
@ExtendWith(HostLock.InTurn.class)
class DockerSurvivalJourneyTest {

    private static final String BUSYBOX = "longshore.local/busybox";

    private static RunningCluster cluster;

    @BeforeAll
    static void up() {
        Needs.rootAnd("docker", "curl");
        cluster = RunningCluster.fresh();
        cluster.up().succeeded();
    }

    @AfterAll
    static void purge() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void theyGoOnAreTakenOverAndComeBack() {
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "web",
                        "--restart",
                        "always",
                        "--stop-timeout",
                        "1",
                        "--health-cmd",
                        "true",
                        "--health-interval",
                        "1s",
                        "-p",
                        "80",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www")
                .succeeded();
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "job",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "while [ ! -f /go ]; do sleep 0.1; done; exit 9")
                .succeeded();
        String port = cluster.docker("port", "web", "80").out().strip().replaceFirst(".*:", "");
        eventually(PATIENCE, () -> answers(port));
        List<String> before = processes();
        eventually(PATIENCE, () -> assertThat(health()).isEqualTo("healthy\n"));

        cluster.shell().run("kill", "-9", String.valueOf(cluster.pid())).succeeded();
        answers(port);
        finish();
        cluster.up().succeeded();

        assertThat(processes().getFirst()).isEqualTo(before.getFirst());
        assertThat(health()).isEqualTo("healthy\n");
        answers(port);
        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "job")
                                .out())
                        .isEqualTo("exited 9\n"));
        assertThat(cluster.docker("exec", "web", "cat", "/www/index.html").out())
                .isEqualTo("hello\n");
        cluster.docker("exec", "web", "sh", "-c", "echo changed > /www/index.html")
                .succeeded();

        cluster.longshore("down").succeeded();
        assertThat(curl(port).exit()).isNotZero();
        cluster.up().succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("ps", "--format", "{{.Names}}").out())
                        .isEqualTo("web\n"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("exec", "web", "cat", "/www/index.html")
                                .out())
                        .isEqualTo("hello\n"));
        assertThat(cluster.docker("ps", "-a", "--format", "{{.Names}}").out()).contains("job");
    }

    /// Lets it end while nobody looks: by way of its root, for there is no engine to ask.
    private static void finish() {
        cluster.shell()
                .run(
                        "sh",
                        "-c",
                        "for p in /proc/[0-9]*; do grep -q 'exit 9' $p/cmdline 2>/dev/null && touch $p/root/go; done; sleep 1")
                .succeeded();
    }

    private static String health() {
        return cluster.docker("inspect", "-f", "{{.State.Health.Status}}", "web")
                .out();
    }

    private static List<String> processes() {
        return cluster.docker("inspect", "-f", "{{.State.Pid}}", "web", "job")
                .out()
                .lines()
                .toList();
    }

    private static void answers(String port) {
        assertThat(curl(port).out()).isEqualTo("hello\n");
    }

    private static Ran curl(String port) {
        return cluster.shell().run("curl", "-sS", "--max-time", "5", "http://127.0.0.1:" + port + "/");
    }
}
