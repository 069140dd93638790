package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Digest;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.node.Observation;
import dev.longshore.kubelet.node.Pressures;
import dev.longshore.runtime.Images.ImageStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvictionTest extends WorkersFixture {

    private static final long GIBI = 1L << 30;

    private final Map<String, Observation> left = new HashMap<>();
    private final Pressures pressures = new Pressures();
    private NodeDisks disks = NodeDisks.one(Path.of("/"));

    @Test
    void evictsThePodThatIsFurthestOverWhatItRequested() {
        run("modest", "greedy");
        runtime.memory.put("modest", 1L << 20);
        runtime.memory.put("greedy", GIBI);
        left.put("memory.available", new Observation(50L << 20, 4 * GIBI));

        relieve("evictionHard: {memory.available: 100Mi}", 1);

        await().until(() -> "Failed".equals(cluster.status("greedy").getPhase()));
        assertThat(cluster.status("greedy").getReason()).isEqualTo("Evicted");
        assertThat(cluster.status("greedy").getMessage())
                .isEqualTo("The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container"
                        + " main was using 1Gi, request is 0, has larger consumption of memory. ");
        assertThat(isTrue("greedy", "DisruptionTarget")).isTrue();
        await().until(() -> cluster.reasons().contains("Evicted"));
        assertThat(cluster.events)
                .filteredOn(event -> event.getReason().equals("Evicted"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMetadata().getAnnotations())
                        .containsOnly(
                                Map.entry("offending_containers", "main"),
                                Map.entry("offending_containers_usage", "1Gi"),
                                Map.entry("starved_resource", "memory")));
        assertThat(cluster.status("modest").getPhase()).isEqualTo("Running");
        assertThat(pressures.present()).containsExactly("MemoryPressure");
        // Its layer and logs are given back at once, and yet it stays known how it ended.
        await().until(() -> runtime.containers.size() == 1);
        workers.close();
        workers = workers();
        workers.start();
        await().until(() -> isTrue("modest", "Ready"));
        assertThat(cluster.status("greedy").getPhase()).isEqualTo("Failed");
        assertThat(cluster.status("greedy").getReason()).isEqualTo("Evicted");
        assertThat(cluster.status("greedy")
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated())
                .isNotNull();
        assertThat(runtime.containers).hasSize(1);
    }

    @Test
    void makesRoomWithImagesThatNobodyUsesAndARegistryHas() {
        run("web");
        String unused = image(1, "old@");
        String built = image(2, "");
        left.put("imagefs.available", new Observation(1, 100));
        var eviction = eviction(
                "evictionHard: {imagefs.available: 10%}",
                () -> {
                    if (!runtime.images.containsKey(unused)) {
                        left.put("imagefs.available", new Observation(50, 100));
                    }
                });

        eviction.relieve();
        eviction.close();

        assertThat(runtime.images).containsOnlyKeys("img", built);
        assertThat(isTrue("web", "Ready")).isTrue();
        assertThat(pressures.present()).containsExactly("DiskPressure");
    }

    @Test
    void ofEachContainerOnlyTheLatestDeadOneIsKept() {
        cluster.put(pod("web", "Always", container("crashes")).build());
        await().until(() -> runtime.running("crashes").isPresent());
        runtime.exit("crashes", 1);
        passUntil(() -> runtime.running("crashes").isPresent());
        runtime.exit("crashes", 2);
        await().until(() -> "CrashLoopBackOff".equals(waiting("web")));
        assertThat(runtime.containers).hasSize(2);

        relieve("evictionHard: {}", 1);

        assertThat(runtime.containers.values())
                .singleElement()
                .satisfies(left -> assertThat(left.exitCode()).hasValue(2));
    }

    @Test
    void containersOfPodsThatHaveEndedGoBeforeAnybodyIsEvicted() {
        run("web");
        cluster.put(pod("done", "Never", container("job")).build());
        await().until(() -> runtime.running("job").isPresent());
        runtime.exit("job", 0);
        await().until(() -> workers.pods().stream().anyMatch(PodSnapshot::isOver));
        left.put("nodefs.available", new Observation(1, 100));
        var eviction = eviction(
                "evictionHard: {nodefs.available: 10%}",
                () -> {
                    if (runtime.containers.size() == 1) {
                        left.put("nodefs.available", new Observation(50, 100));
                    }
                });

        eviction.relieve();
        eviction.close();

        assertThat(runtime.containers.values())
                .singleElement()
                .satisfies(left -> assertThat(left.spec().name()).isEqualTo("main"));
        assertThat(isTrue("web", "Ready")).isTrue();
        assertThat(cluster.status("done").getPhase()).isEqualTo("Succeeded");
    }

    @Test
    void imagesApartGoOnlyWhereTheirFileSystemIsShort() {
        run("web");
        disks = new NodeDisks(Path.of("/"), Path.of("/proc"));
        String unused = image(1, "old@");
        left.put("nodefs.available", new Observation(1, 100));
        left.put("imagefs.available", new Observation(90, 100));
        String thresholds = "evictionHard: {nodefs.available: 10%, imagefs.available: 10%}";

        relieve(thresholds, 1);

        assertThat(runtime.images).containsKey(unused);

        left.put("nodefs.available", new Observation(90, 100));
        left.put("imagefs.available", new Observation(1, 100));
        relieve(thresholds, 1);

        assertThat(runtime.images).doesNotContainKey(unused);
    }

    @Test
    void cleansImagesAwayFromOneShareOfTheDiskToAnother() {
        run("web");
        String first = image(1, "a@");
        left.put("imagefs.available", new Observation(30, 100));
        var eviction =
                eviction("evictionHard: {}\nimageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 79", () -> {});
        eviction.relieve();
        time.advance(Duration.ofMinutes(5));
        String second = image(3, "b@");
        eviction.relieve();
        assertThat(runtime.images).containsKeys(first, second);

        left.put("imagefs.available", new Observation(20, 100));
        time.advance(Duration.ofMinutes(5));
        eviction.relieve();
        eviction.close();

        // One byte is wanted, and the first image has been there for longer.
        assertThat(runtime.images).doesNotContainKey(first).containsKeys(second, "img");
    }

    @Test
    void imagesThatNobodyUsedForTooLongGo() {
        run("web");
        String old = image(1, "a@");
        var eviction = eviction("evictionHard: {}\nimageMaximumGCAge: 1h", () -> {});
        eviction.relieve();

        time.advance(Duration.ofMinutes(59));
        eviction.relieve();
        assertThat(runtime.images).containsKey(old);

        time.advance(Duration.ofMinutes(10));
        eviction.relieve();
        eviction.close();
        assertThat(runtime.images).containsOnlyKeys("img");
    }

    @Test
    void whoGoesFirstIsDecidedByRequestsThenPriorityThenExcess() {
        PodUse within = use("within", 100, "containers: [{name: a, resources: {requests: {memory: 1Ki}}}]", 500);
        PodUse over = use("over", 0, "containers: [{name: a}]", 500);
        PodUse farOver = use("farOver", 0, "containers: [{name: a}]", 900);
        PodUse important = use("important", 1000, "containers: [{name: a}]", 5000);

        assertThat(PodUse.ranked(List.of(within, important, over, farOver), "memory"))
                .containsExactly(farOver, over, important, within);
        // Nobody requests processes.
        assertThat(PodUse.ranked(List.of(within, important, over), "pids")).containsExactly(over, within, important);
    }

    @Test
    void limitsOfStorageAreNamedInTheKubeletsWords() {
        String spec = """
                volumes: [{name: scratch, emptyDir: {sizeLimit: 1Ki}}]
                containers: [{name: a, resources: {limits: {ephemeral-storage: 2Ki}}}]
                """;
        var fine = new PodUse(QosTest.pod(spec), Map.of("a", storage(1000, 24)), Map.of("scratch", 1024L), 0);
        var volume = new PodUse(QosTest.pod(spec), Map.of(), Map.of("scratch", 1025L), 0);
        var whole = new PodUse(QosTest.pod(spec), Map.of("a", storage(1000, 25)), Map.of("scratch", 1024L), 0);
        var container = new PodUse(QosTest.pod("""
                        containers:
                        - {name: a, resources: {limits: {ephemeral-storage: 2Ki}}}
                        - {name: b, resources: {limits: {ephemeral-storage: 9Ki}}}
                        """), Map.of("a", storage(2000, 49)), Map.of(), 0);

        assertThat(fine.overLimit()).isEmpty();
        assertThat(volume.overLimit()).isEqualTo("Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Ki\". ");
        assertThat(whole.overLimit())
                .isEqualTo("Pod ephemeral local storage usage exceeds the total limit of containers 2Ki. ");
        assertThat(container.overLimit()).isEqualTo("Container a exceeded its local ephemeral storage limit \"2Ki\". ");
    }

    @Test
    void aNodeThatIsShortTakesOnOnlyWhatItMust() {
        pressures.are(java.util.Set.of("MemoryPressure"));
        var admission = new NodeAdmission(Map::of, pods -> {}, pressures);
        Pod bestEffort = QosTest.pod("containers: [{name: a}]");
        Pod tolerant = QosTest.pod("""
                tolerations: [{key: node.kubernetes.io/memory-pressure, operator: Exists, effect: NoSchedule}]
                containers: [{name: a}]
                """);
        tolerant.getMetadata().setUid("tolerant");
        Pod burstable = QosTest.pod("containers: [{name: a, resources: {requests: {memory: 1Mi}}}]");
        burstable.getMetadata().setUid("burstable");

        assertThat(admission.admit(bestEffort)).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("Evicted");
            assertThat(why.message()).isEqualTo("The node had condition: [MemoryPressure]. ");
        });
        assertThat(admission.admit(tolerant)).isEmpty();
        assertThat(admission.admit(burstable)).isEmpty();

        pressures.are(java.util.Set.of("DiskPressure"));
        burstable.getMetadata().setUid("other");
        assertThat(admission.admit(burstable)).isPresent();
        bestEffort.getSpec().setPriority(2_000_000_000);
        assertThat(admission.admit(bestEffort)).isEmpty();
    }

    private static PodUse.ContainerUse storage(long layer, long logs) {
        return new PodUse.ContainerUse(0, 0, layer, logs);
    }

    private static PodUse use(String name, int priority, String spec, long memory) {
        Pod pod = QosTest.pod(spec);
        pod.getMetadata().setName(name);
        pod.getSpec().setPriority(priority);
        return new PodUse(pod, Map.of("a", new PodUse.ContainerUse(memory, memory, 0, 0)), Map.of(), 0);
    }

    private String image(int seed, String name) {
        Digest id = Digest.sha256(new byte[] {(byte) seed});
        runtime.images.put(
                id.toString(),
                new ImageStatus(
                        id,
                        name.isEmpty() ? List.of("mine:1") : List.of(),
                        name.isEmpty() ? List.of() : List.of(name + id),
                        1,
                        Optional.empty()));
        return id.toString();
    }

    private void run(String... names) {
        for (String name : names) {
            cluster.put(pod(name, "Always", container("main")).build());
            await().until(() -> isTrue(name, "Ready"));
        }
    }

    private void relieve(String fields, int rounds) {
        try (var eviction = eviction(fields, () -> {})) {
            for (int round = 0; round < rounds; round++) {
                eviction.relieve();
            }
        }
    }

    private Eviction eviction(String fields, Runnable beforeLook) {
        return new Eviction(
                KubeletConfiguration.parse("""
                        apiVersion: kubelet.config.k8s.io/v1beta1
                        kind: KubeletConfiguration
                        """ + fields),
                workers,
                runtime,
                () -> {
                    beforeLook.run();
                    return Map.copyOf(left);
                },
                disks,
                pressures,
                events,
                time);
    }
}
