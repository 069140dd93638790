package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A host that loses its power and boots again, as far as a cluster can tell: all its processes are killed at once,
/// what the kernel had of it is gone, and the kernel has another boot id. The cluster lives in a mount namespace of its
/// own, where another file lies over that of the boot id. Only in long runs.
@Order(41)
@Tag("containers")
@EnabledIfSystemProperty(named = "longshore.long", matches = "true")
class RebootTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String POD = "{.status.phase} {.status.containerStatuses[0].restartCount}"
            + " {.status.containerStatuses[0].lastState.terminated.exitCode}"
            + " {.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].ready}";

    private static final String POWER_LOSS = """
            id=$1 data=$2
            kill -9 $(cat "$data/longshore.pid") $(pgrep -f "$data") 2>/dev/null
            for round in 1 2 3; do
              kill -9 $(find /sys/fs/cgroup -path "*/longshore-$id*" -name cgroup.procs -exec cat {} + | sort -u) 2>/dev/null
              sleep 0.2
            done
            for pin in /run/netns/longshore-$id-*; do umount -l "$pin"; rm -f "$pin"; done
            awk '{print $5}' /proc/self/mountinfo | grep -E "longshore-$id|^$data" | tac | xargs -r umount -l
            rm -rf --one-file-system "/run/longshore-$id"
            ip link delete "ls-$id"
            nft delete table ip "longshore-$id"
            find /sys/fs/cgroup -path "*/longshore-$id*" -type d | sort -r | xargs -r rmdir
            """;

    @TempDir
    Path directory;

    private RunningCluster cluster;
    private Process holder;

    @Test
    void podsBeginAgainAndTheNodeSaysThatItWasRebooted() throws IOException {
        Needs.rootAnd("kubectl");
        cluster = RunningCluster.fresh();
        var before = HostTraces.now(cluster.shell());
        Path boot = Files.writeString(directory.resolve("boot_id"), "11111111-1111-4111-8111-111111111111\n");
        holder = cluster.shell().start("unshare", "--mount", "--propagation", "slave", "sleep", "3600");
        try {
            eventually(
                    PATIENCE,
                    () -> assertThat(inside("readlink", "/proc/self/ns/mnt").out())
                            .isNotEqualTo(cluster.shell()
                                    .run("readlink", "/proc/self/ns/mnt")
                                    .out()));
            inside("mount", "--bind", boot.toString(), "/proc/sys/kernel/random/boot_id")
                    .succeeded();
            up();
            for (String name : List.of("one", "two")) {
                cluster.kubectl("run", name, "--image=longshore.local/busybox", "--", "sleep", "100000")
                        .succeeded();
            }
            all("Running 0   true");

            inside(
                    "sh",
                    "-c",
                    POWER_LOSS,
                    "sh",
                    cluster.record("id"),
                    cluster.directory().toString());
            Files.writeString(boot, "22222222-2222-4222-8222-222222222222\n");
            up();

            all("Running 1 255 Unknown true");
            String node = cluster.get("nodes", "{.items[0].metadata.name}");
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("events --field-selector reason=Rebooted", "{.items[*].message}"))
                            .isEqualTo("Node " + node
                                    + " has been rebooted, boot id: 22222222-2222-4222-8222-222222222222"));
            assertThat(cluster.get("node " + node, "{.status.nodeInfo.bootID}"))
                    .isEqualTo("22222222-2222-4222-8222-222222222222");
            longshore("down", "--purge").succeeded();
        } finally {
            longshore("down", "--purge");
            holder.destroyForcibly();
            cluster.close();
        }
        assertThat(HostTraces.now(cluster.shell())).isEqualTo(before);
    }

    private void all(String status) {
        for (String name : List.of("one", "two")) {
            eventually(
                    PATIENCE, () -> assertThat(cluster.get("pod " + name, POD)).isEqualTo(status));
        }
    }

    private void up() {
        longshore("up", "--detach").succeeded();
    }

    private Ran longshore(String command, String... flags) {
        var line = new ArrayList<>(List.of(
                RunningCluster.ROOT.resolve("longshore").toString(),
                command,
                "--data-dir",
                cluster.directory().toString(),
                "--name",
                cluster.name()));
        line.addAll(List.of(flags));
        return inside(line.toArray(String[]::new));
    }

    private Ran inside(String... command) {
        var line = new ArrayList<>(List.of("nsenter", "--mount", "--target", String.valueOf(holder.pid()), "--"));
        line.addAll(List.of(command));
        return cluster.shell().run(line.toArray(String[]::new));
    }
}
