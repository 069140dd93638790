package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.LivePods.container;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// What requests, limits and the node's configuration ([SharedCluster#KUBELET]) become with real containers, as the
/// kernel has it. All pods begin together.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ResourcesJourneyTest {

    private static final long MIB = 1 << 20;
    private static final int SYS_RESOURCE = 24;

    private static final String PODS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: sure}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"], resources: {limits: {cpu: 200m, memory: 32Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: burst}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: a, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}}}
              - {name: b, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 50m}, limits: {cpu: 100m, memory: 32Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: half}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: held, BUSYBOX, command: [sleep, "1000"], resources: {limits: {cpu: 100m, memory: 32Mi}}}
              - {name: free, BUSYBOX, command: [sleep, "1000"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: best}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, BUSYBOX, command: [sleep, "1000"]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: greedy}
            spec:
              restartPolicy: Never
              containers:
              - {name: main, BUSYBOX, command: [sh, -c, "x=x; while true; do x=$x$x; done"], resources: {limits: {memory: 16Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: counted}
            spec:
              terminationGracePeriodSeconds: 1
              volumes: [{name: memory, emptyDir: {medium: Memory}}]
              containers:
              - name: main
                BUSYBOX
                command: [sh, -c, "dd if=/dev/zero of=/memory/big bs=1M count=8; sleep 1000"]
                resources: {limits: {memory: 24Mi}}
                volumeMounts: [{name: memory, mountPath: /memory}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: over}
            spec:
              containers:
              - {name: main, BUSYBOX, command: [sh, -c, "dd if=/dev/zero of=/big bs=1M count=3; sleep 1000"], resources: {limits: {ephemeral-storage: 1Mi}}}
              - {name: other, BUSYBOX, command: [sleep, "1000"], resources: {limits: {ephemeral-storage: 100Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: whole}
            spec:
              containers:
              - {name: main, BUSYBOX, command: [sh, -c, "dd if=/dev/zero of=/big bs=1M count=3; sleep 1000"], resources: {limits: {ephemeral-storage: 2Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: filled}
            spec:
              volumes: [{name: scratch, emptyDir: {sizeLimit: 1Mi}}]
              containers:
              - name: main
                BUSYBOX
                command: [sh, -c, "dd if=/dev/zero of=/scratch/big bs=1M count=3; sleep 1000"]
                volumeMounts: [{name: scratch, mountPath: /scratch}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: chatty}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, BUSYBOX, command: [sh, -c, "for i in 1 2 3 4; do yes round-$i-$(printf %0200d 0) | head -n 50000; sleep 5; done; echo end; sleep 1000"]}
            """;

    private static LivePods pods;
    private static RunningCluster cluster;

    @BeforeAll
    static void begin(RunningCluster shared) {
        cluster = shared;
        pods = new LivePods(shared, "resources");
        pods.create(PODS);
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    @Test
    @Order(1)
    void podsAreInTheTreeOfTheirClass() {
        assertThat(cgroup("sure").place()).isEqualTo("pod" + uid("sure"));
        assertThat(cgroup("burst").place()).isEqualTo("burstable/pod" + uid("burst"));
        assertThat(cgroup("best").place()).isEqualTo("besteffort/pod" + uid("best"));
        assertThat(pods.pod("sure").getStatus().getQosClass()).isEqualTo("Guaranteed");
        HostCgroup kubepods = cgroup("sure").kubepods();
        assertThat(kubepods.child("burstable").shares()).isBetween(153L, 100_000L);
        assertThat(kubepods.child("besteffort").shares()).isEqualTo(2);
    }

    @Test
    @Order(2)
    void limitsAndRequestsAreWhatTheKernelHas() {
        HostCgroup sure = cgroup("sure");
        assertThat(List.of(sure, inside("sure", "main"))).allSatisfy(it -> {
            assertThat(it.shares()).isEqualTo(204);
            assertThat(it.quota()).isEqualTo(20_000);
            assertThat(it.memory()).isEqualTo(32 * MIB);
        });
        HostCgroup burst = cgroup("burst");
        assertThat(burst.shares()).isEqualTo(153);
        assertThat(burst.quota()).isEqualTo(30_000);
        assertThat(burst.memory()).isEqualTo(96 * MIB);
        assertThat(inside("burst", "b").shares()).isEqualTo(51);
        assertThat(inside("burst", "b").quota()).isEqualTo(10_000);
        assertThat(inside("burst", "b").memory()).isEqualTo(32 * MIB);
        HostCgroup best = cgroup("best");
        assertThat(List.of(best, inside("best", "main"))).allSatisfy(it -> {
            assertThat(it.shares()).isEqualTo(2);
            assertThat(it.quota()).isEqualTo(-1);
            assertThat(it.memory()).isEqualTo(-1);
        });
    }

    @Test
    @Order(3)
    void aPodOfWhichOneContainerIsFreeIsFreeAsAWhole() {
        assertThat(cgroup("half").memory()).isEqualTo(-1);
        assertThat(cgroup("half").quota()).isEqualTo(-1);
        assertThat(inside("half", "held").memory()).isEqualTo(32 * MIB);
        assertThat(inside("half", "free").memory()).isEqualTo(-1);
    }

    @Test
    @Order(4)
    void aPodsProcessesAreBounded() {
        assertThat(List.of(cgroup("sure"), cgroup("burst"), cgroup("best")))
                .allSatisfy(it -> assertThat(it.pids()).isEqualTo(4000));
    }

    @Test
    @Order(5)
    void whomTheKernelKillsFirstGoesByClass() {
        long memory = capacity("memory").longValue();
        assertThat(score("best", "main")).isEqualTo(1000);
        assertThat(score("burst", "a")).isEqualTo(Math.min(999, 1000 - 1000 * 32 * MIB / memory));
        assertThat(score("sure", "main")).isEqualTo(leastScore());
    }

    @Test
    @Order(6)
    void whatIsReservedIsNotForPods() {
        BigDecimal memory = capacity("memory");
        BigDecimal cpus = capacity("cpu");
        Map<String, Quantity> allocatable = node().getStatus().getAllocatable();

        assertThat(allocatable.get("cpu").getNumericalAmount())
                .isEqualByComparingTo(cpus.subtract(new BigDecimal("0.1")));
        assertThat(allocatable.get("memory").getNumericalAmount())
                .isEqualByComparingTo(memory.subtract(BigDecimal.valueOf((128 + 100) * MIB)));
        assertThat(allocatable.get("ephemeral-storage").getNumericalAmount())
                .isEqualByComparingTo(capacity("ephemeral-storage").subtract(BigDecimal.valueOf(1024 * MIB)));
        HostCgroup kubepods = cgroup("sure").kubepods();
        assertThat(kubepods.memory()).isEqualTo(memory.longValue() - 128 * MIB);
        assertThat(kubepods.shares()).isEqualTo((cpus.movePointRight(3).longValue() - 100) * 1024 / 1000);
    }

    @Test
    @Order(7)
    void hugePagesAreWhatTheMachineHasSetAside() throws IOException {
        Path set = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
        long pages = Files.exists(set) ? Long.parseLong(Files.readString(set).strip()) : 0;

        assertThat(capacity("hugepages-2Mi").longValue()).isEqualTo(pages * 2 * MIB);
    }

    @Test
    @Order(8)
    void whoUsesTooMuchMemoryIsKilledAndItIsSaid() {
        var ended = container(pods.awaitPhase("greedy", "Failed"), "main").getState();

        assertThat(ended.getTerminated().getReason()).isEqualTo("OOMKilled");
        assertThat(ended.getTerminated().getExitCode()).isEqualTo(137);
    }

    @Test
    @Order(9)
    void whatIsInAMemoryVolumeIsTheContainersMemory() {
        eventually(
                PATIENCE,
                () -> assertThat(inside("counted", "main").memoryUse()).isBetween(8 * MIB, 24 * MIB));
    }

    @Test
    @Order(10)
    void whoKeepsMoreThanItMayOnDiskIsEvicted() {
        assertThat(evicted("over")).isEqualTo("Container main exceeded its local ephemeral storage limit \"1Mi\". ");
        assertThat(evicted("whole"))
                .isEqualTo("Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ");
        assertThat(evicted("filled")).isEqualTo("Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\". ");
    }

    @Test
    @Order(11)
    void logsAreRotatedBySizeAndOnlySoManyAreKept() {
        Pod chatty = pods.awaitReady("chatty");
        Path logs = cluster.directory()
                .resolve("node/logs")
                .resolve("resources_chatty_" + chatty.getMetadata().getUid())
                .resolve("main");

        eventually(PATIENCE, () -> {
            List<Path> files = files(logs);
            assertThat(files).hasSize(3);
            assertThat(files.get(1).toString()).endsWith(".gz");
            assertThat(unpackedBeginning(files.get(1))).contains("round-3");
            assertThat(files.getLast().getFileName().toString()).matches("0\\.log\\.\\d{8}-\\d{6}");
        });
        eventually(PATIENCE, () -> assertThat(pods.log("chatty", "main")).isEqualTo("end\n"));
    }

    private static String evicted(String pod) {
        Pod failed = pods.awaitPhase(pod, "Failed");
        assertThat(failed.getStatus().getReason()).isEqualTo("Evicted");
        eventually(
                PATIENCE,
                () -> assertThat(pods.events(pod))
                        .filteredOn(event -> event.getReason().equals("Evicted"))
                        .extracting(Event::getMessage)
                        .containsExactly(failed.getStatus().getMessage()));
        return failed.getStatus().getMessage();
    }

    private static HostCgroup cgroup(String pod) {
        return HostCgroup.ofPod(uid(pod));
    }

    private static HostCgroup inside(String pod, String container) {
        return cgroup(pod)
                .child(container(pods.awaitReady(pod), container)
                        .getContainerID()
                        .replaceFirst(".*://", ""));
    }

    private static String uid(String pod) {
        return pods.awaitReady(pod).getMetadata().getUid();
    }

    private static long score(String pod, String container) {
        return number(Path.of("/proc", Long.toString(inside(pod, container).firstProcess()), "oom_score_adj"));
    }

    /// Who may not lower it keeps its own.
    private static long leastScore() {
        Path server = Path.of("/proc", Long.toString(cluster.pid()));
        try {
            long capabilities = Files.readAllLines(server.resolve("status")).stream()
                    .filter(line -> line.startsWith("CapPrm:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .sum();
            boolean mayLower = (capabilities & 1L << SYS_RESOURCE) != 0;
            return mayLower ? -997 : Math.max(-997, number(server.resolve("oom_score_adj")));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static Node node() {
        return pods.client()
                .nodes()
                .withName(pods.awaitReady("sure").getSpec().getNodeName())
                .require();
    }

    private static BigDecimal capacity(String resource) {
        return node().getStatus().getCapacity().get(resource).getNumericalAmount();
    }

    private static List<Path> files(Path directory) {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static String unpackedBeginning(Path file) {
        try (var plain = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(plain.readNBytes(1000), StandardCharsets.UTF_8);
        } catch (IOException torn) {
            throw new UncheckedIOException(torn);
        }
    }
}
