package dev.longshore.journeys;

import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The server is killed with -9 again and again, at random moments, while pods start, run commands, end and go; every
/// other time a program in another place takes over. No container notices, none is lost or started twice, and nothing
/// is left over. Only in long runs (`./longshore test --long`, `-Dlongshore.rounds=N`, `-Dlongshore.seed=N`).
@Order(40)
@Tag("containers")
@EnabledIfSystemProperty(named = "longshore.long", matches = "true")
class KillLoopTest {

    private static final int ROUNDS = Integer.getInteger("longshore.rounds", 50);
    private static final int WORKS = 4;
    private static final int STEADY = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String STATUSES = "{range .items[*]}{.metadata.name} {.status.phase}"
            + " {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}"
            + " {.status.containerStatuses[0].state.terminated.exitCode}{\"\\n\"}{end}";

    private final long seed = Long.getLong("longshore.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private RunningCluster cluster;
    private List<String> programs;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void noContainerNoticesAndNothingIsLostOrDoubledOrLeft() throws Exception {
        Needs.rootAnd("kubectl");
        cluster = RunningCluster.fresh();
        var before = HostTraces.now(cluster.shell());
        try (RunningCluster _ = cluster) {
            programs = List.of("./longshore", copyOfTheProgram());
            up(0);
            Files.createDirectories(ledger());
            cluster.apply(IntStream.range(0, STEADY)
                    .mapToObj(i -> pod("steady-" + i, i == 1, "Always", "while :; do sleep 1; done"))
                    .collect(Collectors.joining()));
            eventually(PATIENCE, () -> assertThat(steady()).hasSize(STEADY).allMatch(line -> line.contains("Running")));
            List<String> steady = steady();
            for (int round = 1; round <= ROUNDS; round++) {
                round(round);
                assertThat(steady()).as("round %d, seed %d", round, seed).isEqualTo(steady);
            }
            worksHaveEndedAsTheyShould();
            assertThat(steady()).isEqualTo(steady);
            cluster.kubectl("delete", "pods", "--all", "--grace-period=1", "--timeout=120s")
                    .succeeded();
            eventually(PATIENCE, () -> assertThat(held()).isEmpty());
            tell("all is as it should be after %d kills; seed %d".formatted(ROUNDS, seed));
        }
        assertThat(HostTraces.now(cluster.shell())).isEqualTo(before);
    }

    /// Begins much, kills the server meanwhile, starts one, and sees to it that all that was wished for is known.
    private void round(int round) throws InterruptedException, IOException {
        int delay = random.nextInt(3000);
        boolean isKilledTwice = random.nextInt(4) == 0;
        tell("round %d of %d: killed after %d ms%s"
                .formatted(round, ROUNDS, delay, isKilledTwice ? ", and once more while it starts" : ""));
        String wishes = IntStream.range(0, WORKS)
                .mapToObj(i -> work("work-" + round + "-" + i))
                .collect(Collectors.joining());
        var clients = new ArrayList<Process>();
        clients.add(cluster.shell().start("kubectl", "exec", "steady-0", "--", "sh", "-c", "sleep 1; echo over"));
        if (round > 1) {
            clients.add(cluster.shell().start("kubectl", "delete", "pod", "brief-" + (round - 1), "--grace-period=1"));
        }
        Path file = Files.writeString(
                directory.resolve("wishes-" + round),
                wishes + pod("brief-" + round, false, "Always", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
        clients.add(cluster.shell().start("kubectl", "apply", "-f", file.toString()));
        Time.system().sleep(Duration.ofMillis(delay));
        kill(cluster.pid());
        for (Process client : clients) {
            client.destroyForcibly();
            client.waitFor();
        }
        if (isKilledTwice) {
            killWhileItStarts(round);
        }
        up(round);
        cluster.kubectl("apply", "-f", file.toString()).succeeded();
        if (round > 1) {
            cluster.kubectl("delete", "pod", "brief-" + (round - 1), "--ignore-not-found", "--wait=false")
                    .succeeded();
        }
    }

    private void killWhileItStarts(int round) throws InterruptedException {
        long dead = cluster.pid();
        Process up = cluster.shell().start(command(round));
        Time.system().sleep(Duration.ofMillis(500 + random.nextInt(5000)));
        eventually(PATIENCE, () -> assertThat(isBegun(dead)).isTrue());
        kill(cluster.pid());
        up.destroyForcibly();
        up.waitFor();
    }

    /// The file of the dead one goes before the next one's comes.
    private boolean isBegun(long dead) {
        return Files.exists(cluster.directory().resolve("longshore.pid")) && cluster.pid() != dead;
    }

    private void kill(long pid) {
        cluster.shell().run("kill", "-9", String.valueOf(pid));
    }

    private void up(int round) {
        cluster.shell().run(command(round)).succeeded();
    }

    private String[] command(int round) {
        return new String[] {
            programs.get(round % programs.size()),
            "up",
            "--detach",
            "--data-dir",
            cluster.directory().toString(),
            "--name",
            cluster.name()
        };
    }

    /// What a newer version would be: the same files elsewhere.
    private String copyOfTheProgram() {
        Path copy = directory.resolve("next");
        cluster.shell()
                .run(
                        "sh",
                        "-c",
                        "mkdir -p $0/server/target && cp longshore $0/ && cp -r server/target/dist $0/server/target/",
                        copy.toString())
                .succeeded();
        return copy.resolve("longshore").toString();
    }

    private Path ledger() {
        return directory.resolve("ledger");
    }

    private String work(String name) {
        int seconds = random.nextInt(3);
        int code = code(name);
        return pod(
                name,
                false,
                "Never",
                "echo %1$s >> /ledger/started; sleep %2$d; echo %1$s >> /ledger/ended; exit %3$d"
                        .formatted(name, seconds, code));
    }

    private static int code(String name) {
        return name.endsWith("0") ? 3 : 0;
    }

    private String pod(String name, boolean sharesProcesses, String restarts, String script) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {kind: %s}}
                spec:
                  restartPolicy: %s
                  shareProcessNamespace: %s
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: c
                    image: longshore.local/busybox
                    command: [sh, -c, "%s"]
                    volumeMounts: [{name: ledger, mountPath: /ledger}]
                  volumes: [{name: ledger, hostPath: {path: %s}}]
                """.formatted(name, name.split("-", 2)[0], restarts, sharesProcesses, script, ledger());
    }

    /// The lasting pods with container, process and restarts.
    private List<String> steady() {
        return cluster.get("pods -l kind=steady", STATUSES)
                .lines()
                .map(line -> line + " " + process(line.split(" ")[2].replaceFirst(".*://", "")))
                .toList();
    }

    // Not that of a command in it, which has a file like this one elsewhere.
    private String process(String container) {
        return cluster.shell()
                .run(
                        "cat",
                        cluster.directory()
                                .resolve("node/runtime/containers/" + container + "/pid")
                                .toString())
                .succeeded()
                .out()
                .strip();
    }

    private void worksHaveEndedAsTheyShould() {
        var wanted = new TreeMap<String, String>();
        for (int round = 1; round <= ROUNDS; round++) {
            for (int i = 0; i < WORKS; i++) {
                String name = "work-" + round + "-" + i;
                wanted.put(name, code(name) == 0 ? "Succeeded 0 0" : "Failed 0 3");
            }
        }
        try {
            eventually(PATIENCE, () -> assertThat(works()).as("seed %d", seed).isEqualTo(wanted));
        } catch (ConditionTimeoutException late) {
            works().forEach((name, state) -> {
                if (!state.equals(wanted.get(name))) {
                    tell(whatIsKnownOf(name));
                }
            });
            throw late;
        }
        for (String what : List.of("started", "ended")) {
            assertThat(counted(what))
                    .as("how often each has %s, seed %d", what, seed)
                    .hasSize(wanted.size())
                    .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
        }
    }

    /// The pod, what its node has of its containers, and what the server said of it.
    private String whatIsKnownOf(String name) {
        String script = """
                kubectl get pod "$1" -o yaml
                for id in $(kubectl get pod "$1" -o jsonpath='{.status.containerStatuses[*].containerID}' | sed 's#.*//##'); do
                  cd "$2/node/runtime/containers/$id" && ls -la && grep -H . *.json pid conmon.pid sync
                  crun --root="/run/longshore-$3/oci/state" state "$id"
                  ls -la "$2/node/runtime/exits/$id"
                  cat "/proc/$(cat pid)/status" "/proc/$(cat pid)/wchan"
                done
                grep -h "$1" "$2"/*.log "$2"/*/*.log
                """;
        return cluster.shell()
                .run("sh", "-c", script, "sh", name, cluster.directory().toString(), cluster.record("id"))
                .toString();
    }

    /// Phase, restarts and exit code of each.
    private Map<String, String> works() {
        var works = new TreeMap<String, String>();
        for (String line : cluster.get("pods -l kind=work", STATUSES).split("\n")) {
            String[] words = line.split(" ");
            works.put(words[0], words[1] + " " + words[3] + " " + words[words.length - 1]);
        }
        return works;
    }

    private Map<String, Long> counted(String what) {
        try {
            return Files.readAllLines(ledger().resolve(what)).stream()
                    .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        } catch (IOException missing) {
            throw new java.io.UncheckedIOException(missing);
        }
    }

    /// What the node has of pods that are no more: pins, cgroups, mounts, links, files, monitors.
    private TreeSet<String> held() {
        String script = """
                id=$1 data=$2
                ls /run/netns | grep "^longshore-$id-"
                ls "/run/longshore-$id/ns" | grep -v '^layers$'
                ls "/sys/class/net/ls-$id/brif"
                ls "$data/node/runtime/sandboxes" "$data/node/runtime/containers" "$data/node/runtime/exits"
                ls "$data/node/kubelet/pods"
                ls "$data/node/logs"
                find /sys/fs/cgroup -type d -path "*longshore-$id/*" -name '*pod?*-*'
                nsenter --mount="/run/longshore-$id/mnt" cat /proc/self/mountinfo | grep ' - overlay ' | grep "$data"
                pgrep -a conmon | grep "$data"
                """;
        var held = new TreeSet<String>();
        cluster.shell()
                .run(
                        "sh",
                        "-c",
                        script,
                        "sh",
                        cluster.record("id"),
                        cluster.directory().toString())
                .out()
                .lines()
                .filter(line -> !line.isBlank() && !line.endsWith(":"))
                .forEach(held::add);
        return held;
    }

    private static void tell(String what) {
        System.out.printf("%s  %s%n", Time.system().now().truncatedTo(ChronoUnit.SECONDS), what);
    }
}
