package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Pods that ask for other resources while they run, on a node of four processors.
class ResizesTest extends WorkersFixture {

    @Test
    void whatFitsIsGrantedAndGivenInPlace() {
        cluster.put(pod("web", "Always", sized("1", "64Mi")).build());
        await().until(() -> isTrue("web", "Ready"));

        resize("2", "128Mi", 2);

        await().until(() -> "2".equals(actualProcessors()));
        assertThat(runtime.running("main").orElseThrow().spec().attempt()).isZero();
        assertThat(runtime.calls).contains("update main").doesNotContain("start main/1");
        assertThat(cluster.patches)
                .anySatisfy(status -> assertThat(condition(status, "PodResizeInProgress"))
                        .hasValueSatisfying(
                                c -> assertThat(c.getObservedGeneration()).isEqualTo(2)));
        assertThat(condition(cluster.patches.getLast(), "PodResizeInProgress")).isEmpty();
        await().untilAsserted(
                        () -> assertThat(cluster.events)
                                .extracting(Event::getReason, Event::getMessage)
                                .contains(
                                        org.assertj.core.groups.Tuple.tuple(
                                                "ResizeStarted",
                                                "Pod resize started: {\"containers\":[{\"name\":\"main\",\"resources\":{\"requests\":{\"cpu\":\"2\",\"memory\":\"128Mi\"}}}],\"generation\":2}"),
                                        org.assertj.core.groups.Tuple.tuple(
                                                "ResizeCompleted",
                                                "Pod resize completed: {\"containers\":[{\"name\":\"main\",\"resources\":{\"requests\":{\"cpu\":\"2\",\"memory\":\"128Mi\"}}}],\"generation\":2}")));
    }

    @Test
    void whatDoesNotFitIsDeferredUntilThereIsRoom() {
        cluster.put(pod("other", "Always", named("other", "3", "64Mi")).build());
        cluster.put(pod("web", "Always", sized("500m", "64Mi")).build());
        await().until(() -> isTrue("web", "Ready") && isTrue("other", "Ready"));

        resize("2", "64Mi", 2);

        await().until(() -> condition(cluster.status("web"), "PodResizePending").isPresent());
        PodCondition pending =
                condition(cluster.status("web"), "PodResizePending").orElseThrow();
        assertThat(pending.getReason()).isEqualTo("Deferred");
        assertThat(pending.getMessage())
                .isEqualTo("Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000");
        assertThat(actualProcessors()).isEqualTo("500m");
        cluster.terminate("other", 1);
        await().until(() -> cluster.deleted.contains("other"));

        await().until(() -> "2".equals(actualProcessors()));
        assertThat(condition(cluster.patches.getLast(), "PodResizePending")).isEmpty();
    }

    @Test
    void whatWaitsIsTriedAgainInOrderOfPriority() {
        cluster.put(pod("other", "Always", named("other", "2", "64Mi")).build());
        for (String name : List.of("low", "high")) {
            cluster.put(pod(name, "Always", named(name, "500m", "64Mi"))
                    .editSpec()
                    .withPriority(name.equals("high") ? 1000 : 10)
                    .endSpec()
                    .build());
        }
        await().until(() -> isTrue("other", "Ready") && isTrue("low", "Ready") && isTrue("high", "Ready"));
        // Each would fit beside the other's old share when the first pod is gone, but not both.
        for (String name : List.of("low", "high")) {
            resize(name, "3", "64Mi", 2);
            await().until(() ->
                    condition(cluster.status(name), "PodResizePending").isPresent());
        }

        cluster.terminate("other", 1);

        await().until(() -> "3".equals(processors("high")));
        assertThat(processors("low")).isEqualTo("500m");
        await().untilAsserted(() -> assertThat(condition(cluster.status("low"), "PodResizePending"))
                .hasValueSatisfying(pending -> assertThat(pending.getReason()).isEqualTo("Deferred")));
        // Who asks for less makes room at once, and others are tried with it.
        resize("high", "500m", "64Mi", 3);
        await().until(() -> "3".equals(processors("low")));
    }

    @Test
    void theStatusSaysWhatThePodAsAWholeHas() {
        Container limited = new ContainerBuilder(sized("1500m", "64Mi"))
                .editResources()
                .addToLimits("memory", new Quantity("128Mi"))
                .endResources()
                .build();
        cluster.put(
                pod("web", "Always", limited, named("beside", "250m", "32Mi")).build());
        await().until(() -> isTrue("web", "Ready"));

        PodStatus status = cluster.status("web");
        assertThat(status.getAllocatedResources())
                .isEqualTo(Map.of("cpu", new Quantity("1750m"), "memory", new Quantity("96Mi")));
        assertThat(status.getResources().getRequests())
                .isEqualTo(Map.of("cpu", new Quantity("1750m"), "memory", new Quantity("96Mi")));
        assertThat(status.getResources().getLimits()).isEmpty();
        // Only as long as it runs the kernel is asked, which bounds no pod that has a container without bounds.
        assertThat(PodResourcesStatus.actual(cluster.pods.get("web"), false, Optional.empty())
                        .getLimits())
                .isEqualTo(Map.of("memory", new Quantity("128Mi")));
    }

    @Test
    void whoWantsARestartForThatIsRestarted() {
        Container restarting = new ContainerBuilder(sized("1", "64Mi"))
                .addNewResizePolicy("memory", "RestartContainer")
                .build();
        cluster.put(pod("web", "Always", restarting).build());
        await().until(() -> isTrue("web", "Ready"));

        resize("1", "128Mi", 2);

        await().until(() -> runtime.calls.contains("start main/1"));
        await().until(() -> isTrue("web", "Ready"));
        assertThat(actual().get("memory")).isEqualTo(new Quantity("128Mi"));
        assertThat(runtime.calls).doesNotContain("update main");
        await().untilAsserted(() -> assertThat(cluster.events)
                .extracting(Event::getMessage)
                .contains("Container main resize requires restart"));
    }

    @Test
    void aLimitBelowWhatIsInUseIsAnError() {
        runtime.memory.put("web", 100L << 20);
        Container limited = new ContainerBuilder(sized("1", "64Mi"))
                .editResources()
                .addToLimits("memory", new Quantity("200Mi"))
                .endResources()
                .build();
        cluster.put(pod("web", "Always", limited).build());
        await().until(() -> isTrue("web", "Ready"));

        Pod smaller = new PodBuilder(cluster.pods.get("web"))
                .editMetadata()
                .withGeneration(2L)
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .editResources()
                .addToLimits("memory", new Quantity("80Mi"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
        cluster.put(smaller);

        await().until(() -> condition(cluster.status("web"), "PodResizeInProgress")
                .filter(c -> "Error".equals(c.getReason()))
                .isPresent());
        assertThat(condition(cluster.status("web"), "PodResizeInProgress")
                        .orElseThrow()
                        .getMessage())
                .startsWith(
                        "cannot decrease memory limits: [attempting to set pod memory limit (83886080) below current usage (")
                .contains("attempting to set container \"main\" memory limit (83886080)");
        assertThat(runtime.calls).doesNotContain("update main");
    }

    private void resize(String cpu, String memory, long generation) {
        resize("web", cpu, memory, generation);
    }

    private void resize(String pod, String cpu, String memory, long generation) {
        cluster.put(new PodBuilder(cluster.pods.get(pod))
                .editMetadata()
                .withGeneration(generation)
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .editResources()
                .withRequests(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
    }

    private String actualProcessors() {
        return actual().get("cpu").toString();
    }

    private String processors(String pod) {
        return cluster.status(pod)
                .getContainerStatuses()
                .getFirst()
                .getResources()
                .getRequests()
                .get("cpu")
                .toString();
    }

    private Map<String, Quantity> actual() {
        return cluster.status("web")
                .getContainerStatuses()
                .getFirst()
                .getResources()
                .getRequests();
    }

    private static Optional<PodCondition> condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    private static Container sized(String cpu, String memory) {
        return named("main", cpu, memory);
    }

    private static Container named(String name, String cpu, String memory) {
        return new ContainerBuilder(container(name))
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .addToRequests("memory", new Quantity(memory))
                .endResources()
                .build();
    }
}
