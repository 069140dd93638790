package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The real `docker` runs containers, and everything that people do with one.
@Order(2)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class DockerRunJourneyTest {

    private static final String BUSYBOX = "longshore.local/busybox";

    @Test
    void aProgramRunsWithItsStreamsAndItsExitCode(RunningCluster cluster) {
        Ran ran = cluster.docker("run", "--rm", BUSYBOX, "sh", "-c", "echo out; echo err >&2; exit 3");

        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(cluster.shell()
                        .runWith("piped", "docker", "run", "--rm", "-i", BUSYBOX, "cat")
                        .out())
                .isEqualTo("piped");
    }

    @Test
    void whatCannotRunIsToldByExitCode(RunningCluster cluster) {
        String before = cluster.docker("ps", "-aq").out();
        Ran absent = cluster.docker("run", "--rm", BUSYBOX, "nosuch");
        Ran forbidden = cluster.docker("run", "--rm", BUSYBOX, "/etc");
        Ran wrong = cluster.docker("run", "--rm", "--memory", "1k", BUSYBOX, "true");

        assertThat(absent.exit()).isEqualTo(127);
        assertThat(absent.err()).contains("exec: \"nosuch\": executable file not found in $PATH");
        assertThat(forbidden.exit()).isEqualTo(126);
        assertThat(wrong.exit()).isEqualTo(125);
        assertThat(wrong.err()).contains("Minimum memory limit allowed is 6MB");
        assertThat(cluster.docker("ps", "-aq").out()).as("nothing is left").isEqualTo(before);
    }

    @Test
    void theProcessIsAsTheFlagsSay(RunningCluster cluster, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("env"), "FROM_FILE=two\n");

        Ran ran = cluster.docker(
                        "run",
                        "--rm",
                        "-e",
                        "ONE=one",
                        "--env-file",
                        folder.resolve("env").toString(),
                        "--user",
                        "1000:2000",
                        "--workdir",
                        "/tmp",
                        "--hostname",
                        "harbour",
                        "--add-host",
                        "pier:10.1.2.3",
                        "--ulimit",
                        "nofile=64:128",
                        "--read-only",
                        "--tmpfs",
                        "/scratch",
                        "--cap-drop",
                        "ALL",
                        "--security-opt",
                        "no-new-privileges",
                        "--shm-size",
                        "8m",
                        "--entrypoint",
                        "sh",
                        BUSYBOX,
                        "-c",
                        "echo $ONE $FROM_FILE; id -u; id -g; pwd; hostname; grep pier /etc/hosts; ulimit -n;"
                                + " touch /x 2>&1; touch /scratch/x && echo scratch;"
                                + " grep -E 'CapEff|NoNewPrivs' /proc/self/status; df -k /dev/shm | tail -1")
                .succeeded();

        assertThat(ran.out())
                .contains("one two\n1000\n2000\n/tmp\nharbour\n10.1.2.3\tpier\n64\n")
                .contains("Read-only file system\nscratch\n")
                .containsPattern("CapEff:\\s+0000000000000000\nNoNewPrivs:\\s+1")
                .containsPattern("tmpfs +8192 ");
    }

    @Test
    void containersShareWhatTheyOfferEachOther(RunningCluster cluster) {
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "host",
                        "--ipc",
                        "shareable",
                        "--expose",
                        "5000",
                        "-v",
                        "shared:/v",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "echo word > /dev/shm/word; mkdir -p /v/part; echo piece > /v/part/piece; exec sleep 1000")
                .succeeded();
        eventually(
                PATIENCE,
                () -> cluster.docker("exec", "host", "cat", "/v/part/piece").succeeded());

        Ran guest = cluster.docker(
                "run",
                "--rm",
                "--ipc",
                "container:host",
                "--pid",
                "container:host",
                "--link",
                "host:store",
                "--mount",
                "type=volume,src=shared,dst=/part,volume-subpath=part",
                BUSYBOX,
                "sh",
                "-c",
                "cat /dev/shm/word /part/piece; ps | grep -c 'slee[p]'; echo $STORE_PORT; ping -c 1 store >/dev/null && echo met");

        assertThat(guest.out()).matches("word\npiece\n1\ntcp://[0-9.]+:5000\nmet\n");
        cluster.docker("rm", "-f", "host").succeeded();
        cluster.docker("volume", "rm", "shared").succeeded();
    }

    @Test
    void aContainerInTheBackgroundIsSeenEnteredAndEnded(RunningCluster cluster) {
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "ship",
                        "--memory",
                        "32m",
                        "--cpus",
                        "0.5",
                        "--pids-limit",
                        "50",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.1; done")
                .succeeded();
        eventually(
                PATIENCE, () -> assertThat(cluster.docker("logs", "ship").out()).isEqualTo("hello\n"));

        assertThat(cluster.docker("ps", "--filter", "name=ship", "--format", "{{.Names}} {{.Status}}")
                        .out())
                .startsWith("ship Up ");
        assertThat(cluster.docker(
                                "exec", "-e", "A=b", "-w", "/etc", "-u", "7", "ship", "sh", "-c", "echo $A; pwd; id -u")
                        .out())
                .isEqualTo("b\n/etc\n7\n");
        assertThat(cluster.docker("exec", "ship", "nosuch").exit()).isEqualTo(127);
        assertThat(cluster.docker("top", "ship").out()).contains("PID", "sleep 0.1");
        assertThat(cluster.docker("stats", "--no-stream", "--format", "{{.MemUsage}} {{.PIDs}}", "ship")
                        .out())
                .contains("/ 32MiB ");
        assertThat(cluster.docker("inspect", "-f", "{{.HostConfig.NanoCpus}} {{.State.Status}}", "ship")
                        .out())
                .isEqualTo("500000000 running\n");
        cluster.docker("update", "--memory", "48m", "ship").succeeded();
        assertThat(cluster.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "ship")
                        .out())
                .contains("/ 48MiB");
        cluster.docker("pause", "ship").succeeded();
        assertThat(cluster.docker("ps", "--format", "{{.Status}}", "--filter", "name=ship")
                        .out())
                .contains("(Paused)");
        cluster.docker("unpause", "ship").succeeded();
        cluster.docker("rename", "ship", "boat").succeeded();
        assertThat(cluster.docker("rm", "boat").failed().err()).contains("container is running");

        cluster.docker("stop", "boat").succeeded();

        assertThat(cluster.docker("logs", "--tail", "1", "boat").out()).isEqualTo("bye\n");
        assertThat(cluster.docker("wait", "boat").out()).isEqualTo("0\n");
        cluster.docker("rm", "boat").succeeded();
    }

    @Test
    void memoryBeyondTheLimitEndsTheContainer(RunningCluster cluster) {
        Ran ran = cluster.docker("run", "--name", "greedy", "--memory", "8m", BUSYBOX, "tail", "/dev/zero");

        assertThat(ran.exit()).isEqualTo(137);
        assertThat(cluster.docker("inspect", "-f", "{{.State.OOMKilled}} {{.HostConfig.Memory}}", "greedy")
                        .out())
                .isEqualTo("true 8388608\n");
        cluster.docker("rm", "greedy").succeeded();
    }

    @Test
    void filesGoInAndOutAndTheirChangesBecomeAnImage(RunningCluster cluster, @TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("cargo/deep"));
        Files.writeString(folder.resolve("cargo/deep/box"), "content");
        cluster.docker("create", "--name", "hold", BUSYBOX, "cat", "/cargo/deep/box")
                .succeeded();

        cluster.docker("cp", folder.resolve("cargo").toString(), "hold:/").succeeded();
        assertThat(cluster.docker("start", "-a", "hold").out()).isEqualTo("content");
        cluster.docker("cp", "hold:/cargo", folder.resolve("back").toString()).succeeded();
        assertThat(folder.resolve("back/deep/box")).hasContent("content");
        assertThat(cluster.docker("cp", "hold:/nosuch", "-").failed().err())
                .contains("Could not find the file /nosuch in container hold");
        assertThat(cluster.docker("diff", "hold").out()).contains("A /cargo/deep/box\n");
        Path exported = folder.resolve("all.tar");
        cluster.docker("export", "-o", exported.toString(), "hold").succeeded();
        assertThat(cluster.shell().run("tar", "-tf", exported.toString()).out()).contains("cargo/deep/box");

        cluster.docker("commit", "-c", "CMD [\"ls\",\"/cargo\"]", "hold", "laden:1")
                .succeeded();

        assertThat(cluster.docker("run", "--rm", "laden:1").out()).isEqualTo("deep\n");
        cluster.docker("rm", "hold").succeeded();
        cluster.docker("rmi", "laden:1").succeeded();
    }

    @Test
    void aFileIsCopiedOutOfARunningContainerWhoseLinksPointOutside(RunningCluster cluster, @TempDir Path folder) {
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "pirate",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "ln -s / /out; ln -s /etc/shadow /mine; mkdir /trap; ln -s /../../../etc /trap/etc; sleep 1000")
                .succeeded();
        eventually(
                PATIENCE,
                () -> cluster.docker("exec", "pirate", "ls", "/trap/etc").succeeded());
        Path host = Path.of("/tmp", "longshore-escaped-" + cluster.name());

        cluster.shell().runWith("x", "sh", "-c", "cat > " + folder.resolve("file"));
        cluster.docker("cp", folder.resolve("file").toString(), "pirate:/out" + host)
                .succeeded();

        assertThat(host).doesNotExist();
        assertThat(cluster.docker("exec", "pirate", "cat", host.toString()).out())
                .isEqualTo("x");
        assertThat(cluster.docker(
                                "cp",
                                "-L",
                                "pirate:/mine",
                                folder.resolve("shadow").toString())
                        .exit())
                .isNotZero();
        cluster.docker("rm", "-f", "pirate").succeeded();
    }

    @Test
    void aRestartPolicyAndAHealthCheckWorkByThemselves(RunningCluster cluster) {
        cluster.docker("run", "-d", "--name", "buoy", "--restart", "on-failure:2", BUSYBOX, "false")
                .succeeded();
        cluster.docker(
                        "run",
                        "-d",
                        "--name",
                        "light",
                        "--health-cmd",
                        "test -f /lit",
                        "--health-interval",
                        "300ms",
                        "--health-retries",
                        "2",
                        BUSYBOX,
                        "sleep",
                        "1000")
                .succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("inspect", "-f", "{{.State.Status}} {{.RestartCount}}", "buoy")
                                .out())
                        .isEqualTo("exited 2\n"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("inspect", "-f", "{{.State.Health.Status}}", "light")
                                .out())
                        .isEqualTo("unhealthy\n"));
        cluster.docker("exec", "light", "touch", "/lit").succeeded();
        eventually(
                PATIENCE,
                () -> assertThat(cluster.docker("ps", "--filter", "health=healthy", "-q")
                                .out())
                        .isNotEmpty());
        eventually(
                PATIENCE,
                () -> assertThat(actionsOf(cluster, "light"))
                        .contains("create", "start", "health_status: unhealthy", "health_status: healthy"));
        cluster.docker("rm", "-f", "buoy", "light").succeeded();
    }

    private static List<String> actionsOf(RunningCluster cluster, String container) {
        return cluster.docker(
                        "events",
                        "--since",
                        "5m",
                        "--until",
                        "0s",
                        "--filter",
                        "container=" + container,
                        "--format",
                        "{{.Action}}")
                .succeeded()
                .out()
                .lines()
                .toList();
    }
}
