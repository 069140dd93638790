package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodDeletionOrderTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    @Test
    void theLeastUsefulGoFirst() {
        Pod unscheduled = new PodBuilder(Samples.pod("unscheduled", null).build())
                .editSpec()
                .withNodeName(null)
                .endSpec()
                .editStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
        Pod pending = new PodBuilder(Samples.pod("pending", null).build())
                .editStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
        Pod unready = Samples.pod("unready", "10.0.0.1").build();
        Pod ready = Samples.ready("ready", "10.0.0.2");

        assertThat(order(ready, unready, pending, unscheduled))
                .containsExactly("unscheduled", "pending", "unready", "ready");
    }

    @Test
    void amongReadyOnesTheCheapestThenTheYoungest() {
        Pod dear = new PodBuilder(Samples.ready("dear", "10.0.0.1"))
                .editMetadata()
                .addToAnnotations("controller.kubernetes.io/pod-deletion-cost", "10")
                .endMetadata()
                .build();
        Pod old = Samples.ready("old", "10.0.0.2");
        Pod young = new PodBuilder(Samples.ready("young", "10.0.0.3"))
                .editMetadata()
                .withCreationTimestamp("2026-01-01T00:30:00Z")
                .endMetadata()
                .build();

        assertThat(order(dear, old, young)).containsExactly("young", "old", "dear");
    }

    private static List<String> order(Pod... pods) {
        return PodDeletionOrder.of(List.of(pods), List.of(pods), NOW).stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    @Test
    void nodesWithMoreOfTheKinLoseFirst() {
        Pod lonely = on("lonely", "quiet", "2026-01-01T00:00:00Z");
        Pod crowded = on("crowded", "busy", "2026-01-01T00:00:00Z");
        Pod sibling = on("sibling", "busy", "2026-01-01T00:00:00Z");

        assertThat(PodDeletionOrder.of(List.of(lonely, crowded), List.of(lonely, crowded, sibling), NOW))
                .containsExactly(crowded, lonely);
        assertThat(PodDeletionOrder.of(List.of(lonely, crowded), List.of(), NOW))
                .hasSize(2);
    }

    @Test
    void agesCountByPowersOfTwoOnly() {
        // Ready for 3590 s and 2300 s: between 2^41 and 2^42 ns both. Ready for 100 s: much younger.
        Pod first = readySince("b", "2026-01-01T00:00:10Z");
        Pod second = readySince("a", "2026-01-01T00:21:40Z");
        Pod young = readySince("c", "2026-01-01T00:58:20Z");

        assertThat(order(first, second, young)).containsExactly("c", "a", "b");
        assertThat(PodDeletionOrder.simply(List.of(first, second, young)))
                .as("Jobs look at the exact time")
                .containsExactly(young, second, first);
    }

    @Test
    void whoRestartedMoreOftenGoesFirstAndSidecarsCountAfterMainContainers() {
        Pod calm = restarted("calm", 1, 0);
        Pod loudSidecar = restarted("loud-sidecar", 1, 9);
        Pod broken = restarted("broken", 2, 0);

        assertThat(order(calm, loudSidecar, broken)).containsExactly("broken", "loud-sidecar", "calm");
    }

    @Test
    void aCostThatIsNotWrittenAsANumberIsNone() {
        assertThat(order(costing("a", "010"), costing("b", "-1"), costing("c", "+5"), costing("d", "1")))
                .startsWith("b")
                .endsWith("d");
    }

    @Test
    void fiveHundredPodsOfMixedAgesAreOrderedWithoutComplaint() {
        var random = new java.util.Random(7);
        List<Pod> pods = java.util.stream.IntStream.range(0, 500)
                .mapToObj(i -> restarted("p" + random.nextInt(1_000_000), random.nextInt(3), random.nextInt(3)))
                .map(pod -> readySince(
                        pod.getMetadata().getName(),
                        NOW.minusSeconds(random.nextInt(40)).toString()))
                .toList();

        assertThat(PodDeletionOrder.of(pods, pods, NOW)).containsExactlyInAnyOrderElementsOf(pods);
    }

    private static Pod on(String name, String node, String created) {
        return new PodBuilder(Samples.ready(name, "10.0.0.1"))
                .editMetadata()
                .withCreationTimestamp(created)
                .endMetadata()
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .build();
    }

    private static Pod readySince(String name, String time) {
        return new PodBuilder(Samples.ready(name, "10.0.0.1"))
                .editStatus()
                .editFirstCondition()
                .withLastTransitionTime(time)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod costing(String name, String cost) {
        return new PodBuilder(Samples.ready(name, "10.0.0.1"))
                .editMetadata()
                .addToAnnotations("controller.kubernetes.io/pod-deletion-cost", cost)
                .endMetadata()
                .build();
    }

    private static Pod restarted(String name, int restarts, int sidecarRestarts) {
        return new PodBuilder(Samples.ready(name, "10.0.0.1"))
                .editSpec()
                .addNewInitContainer()
                .withName("side")
                .withRestartPolicy("Always")
                .endInitContainer()
                .endSpec()
                .editStatus()
                .addNewContainerStatus()
                .withName("main")
                .withRestartCount(restarts)
                .endContainerStatus()
                .addNewInitContainerStatus()
                .withName("side")
                .withRestartCount(sidecarRestarts)
                .endInitContainerStatus()
                .endStatus()
                .build();
    }
}
