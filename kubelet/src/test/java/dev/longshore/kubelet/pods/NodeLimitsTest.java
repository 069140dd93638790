package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLimitsTest extends WorkersFixture {
    @Test
    void changesLimitsInPlace() {
        var small = new ContainerBuilder(container("main"))
                .withNewResources()
                .addToLimits("cpu", new Quantity("1"))
                .endResources()
                .build();
        cluster.put(pod("web", "Always", small).build());
        await().until(() -> isTrue("web", "Ready"));

        cluster.put(new PodBuilder(cluster.pods.get("web"))
                .editSpec()
                .editContainer(0)
                .editResources()
                .addToLimits("cpu", new Quantity("2"))
                .endResources()
                .endContainer()
                .endSpec()
                .build());

        await().until(() -> runtime.calls.contains("update main"));
        await().until(() -> new Quantity("2")
                .equals(cluster.status("web")
                        .getContainerStatuses()
                        .getFirst()
                        .getResources()
                        .getLimits()
                        .get("cpu")));
        assertThat(runtime.calls).doesNotContain("start main/1");
    }

    @Test
    void evictsThePodThatIsFurthestOverWhatItRequested() {
        for (String name : List.of("modest", "greedy")) {
            cluster.put(pod(name, "Always", container("main")).build());
            await().until(() -> isTrue(name, "Ready"));
        }
        runtime.memory.put("modest", 1L << 20);
        runtime.memory.put("greedy", 1L << 30);

        try (var eviction = new Eviction(workers, runtime, () -> true, () -> false, time)) {
            eviction.relieve();
        }

        await().until(() -> "Failed".equals(cluster.status("greedy").getPhase()));
        assertThat(cluster.status("greedy").getReason()).isEqualTo("Evicted");
        assertThat(cluster.status("greedy").getMessage())
                .isEqualTo("The node was low on resource: memory. Container main was using 1048576Ki, request is 0, "
                        + "has larger consumption of memory.");
        assertThat(isTrue("greedy", "DisruptionTarget")).isTrue();
        assertThat(runtime.calls).contains("stop main within 2s");
        assertThat(cluster.status("modest").getPhase()).isEqualTo("Running");
    }

    @Test
    void makesRoomWithImagesThatNobodyUsesAndARegistryHas() {
        cluster.put(pod("web", "Always", container("main")).build());
        await().until(() -> isTrue("web", "Ready"));
        var unused = dev.longshore.base.Digest.sha256(new byte[] {1});
        var built = dev.longshore.base.Digest.sha256(new byte[] {2});
        runtime.images.put(
                unused.toString(),
                new dev.longshore.runtime.Images.ImageStatus(
                        unused, List.of(), List.of("old@" + unused), 1, java.util.Optional.empty()));
        runtime.images.put(
                built.toString(),
                new dev.longshore.runtime.Images.ImageStatus(
                        built, List.of("mine:1"), List.of(), 1, java.util.Optional.empty()));

        try (var eviction = new Eviction(
                workers, runtime, () -> false, () -> runtime.images.containsKey(unused.toString()), time)) {
            eviction.relieve();
        }

        assertThat(runtime.images).containsOnlyKeys("img", built.toString());
        assertThat(isTrue("web", "Ready")).isTrue();
    }

    @Test
    void refusesAPodForWhichThereIsNoRoom() {
        var big = new ContainerBuilder(container("main"))
                .withNewResources()
                .addToRequests("cpu", new Quantity("8"))
                .endResources()
                .build();

        cluster.put(pod("big", "Always", big).build());

        await().until(() -> "Failed".equals(cluster.status("big").getPhase()));
        assertThat(cluster.status("big").getReason()).isEqualTo("OutOfcpu");
        assertThat(runtime.calls).isEmpty();
    }

    @Test
    void failsAPodThatOutlivesItsDeadline() {
        cluster.put(pod("job", "Never", container("main"))
                .editSpec()
                .withActiveDeadlineSeconds(60L)
                .endSpec()
                .build());
        await().until(() -> runtime.running("main").isPresent());
        await().until(() -> isTrue("job", "Ready"));

        time.advance(Duration.ofSeconds(61));

        await().until(() -> "Failed".equals(cluster.status("job").getPhase()));
        assertThat(cluster.status("job").getReason()).isEqualTo("DeadlineExceeded");
        assertThat(runtime.running("main")).isEmpty();
    }
}
