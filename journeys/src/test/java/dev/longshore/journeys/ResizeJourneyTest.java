package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.LivePods.condition;
import static dev.longshore.journeys.LivePods.container;
import static dev.longshore.journeys.LivePods.is;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Real containers that get other processors and memory while they run.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class ResizeJourneyTest {

    private static final String PODS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: sizes}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: more, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 10m, memory: 20Mi}}}
              - {name: mixed, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 50m, memory: 30Mi}, limits: {cpu: 200m, memory: 60Mi}}}
              - {name: bare, BUSYBOX, command: [sleep, "1000"]}
              - {name: unlimited, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 10m, memory: 20Mi}}}
              - {name: tiny, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 2m}}}
              - {name: restarting, BUSYBOX, command: [sleep, "1000"], resources: {requests: {memory: 20Mi}, limits: {memory: 40Mi}}, resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: greedy}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"], resources: {requests: {cpu: 10m}}}
            """;

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        pods = new LivePods(cluster, "resizes");
        pods.create(PODS);
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    @Test
    void sixContainersGetWhatTheyAskForInPlaceOrByARestart() {
        Pod before = pods.awaitReady("sizes");
        Map<String, ResourceRequirements> wanted = Map.of(
                "more", resources(Map.of("cpu", "20m", "memory", "40Mi"), Map.of()),
                "mixed", resources(Map.of("cpu", "30m", "memory", "40Mi"), Map.of("cpu", "100m", "memory", "80Mi")),
                "bare", resources(Map.of("cpu", "15m", "memory", "10Mi"), Map.of()),
                "unlimited", resources(Map.of("cpu", "10m", "memory", "20Mi"), Map.of("cpu", "300m", "memory", "50Mi")),
                "tiny", resources(Map.of("cpu", "1m"), Map.of()),
                "restarting", resources(Map.of("memory", "20Mi"), Map.of("memory", "48Mi")));

        put(before, wanted);

        Pod after = pods.await(
                "sizes",
                pod -> is(pod, "Ready", "True")
                        && pod.getStatus().getConditions().stream()
                                .noneMatch(c -> c.getType().startsWith("PodResize"))
                        && wanted.entrySet().stream()
                                .allMatch(each -> each.getValue()
                                        .equals(container(pod, each.getKey()).getResources()))
                        && Long.valueOf(2).equals(pod.getStatus().getObservedGeneration()));
        for (ContainerStatus status : after.getStatus().getContainerStatuses()) {
            assertThat(status.getAllocatedResources())
                    .isEqualTo(wanted.get(status.getName()).getRequests());
            assertThat(status.getRestartCount())
                    .as(status.getName())
                    .isEqualTo(status.getName().equals("restarting") ? 1 : 0);
        }
        Map<String, Quantity> whole = Map.of("cpu", new Quantity("76m"), "memory", new Quantity("130Mi"));
        assertThat(after.getStatus().getAllocatedResources()).isEqualTo(whole);
        assertThat(after.getStatus().getResources().getRequests()).isEqualTo(whole);
        assertThat(pods.exec("sizes", "mixed", LIMITS)).isEqualTo("10000\n83886080\n");
        assertThat(pods.exec("sizes", "unlimited", LIMITS)).isEqualTo("30000\n52428800\n");
        assertThat(pods.exec("sizes", "restarting", LIMITS)).isEqualTo("-1\n50331648\n");
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("sizes"))
                        .extracting(Event::getReason)
                        .contains("ResizeStarted", "ResizeCompleted"));
        assertThat(resizeOf("sizes").getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void moreThanTheNodeHasIsRefusedMoreThanIsFreeIsDeferredAndTakenBack() {
        Pod before = pods.awaitReady("greedy");
        Quantity all = pods.client()
                .nodes()
                .withName(before.getSpec().getNodeName())
                .get()
                .getStatus()
                .getAllocatable()
                .get("cpu");
        long millis = all.getNumericalAmount().movePointRight(3).longValueExact();

        assertThatThrownBy(() -> put(before, Map.of("main", resources(Map.of("cpu", "1000"), Map.of()))))
                .hasMessageContaining("node didn't have enough allocatable resources: cpu, requested: 1000000,"
                        + " allocatable: " + millis);
        put(before, Map.of("main", resources(Map.of("cpu", all.toString()), Map.of())));

        Pod waiting = pods.await("greedy", pod -> is(pod, "PodResizePending", "True"));
        assertThat(condition(waiting, "PodResizePending").getReason()).isEqualTo("Deferred");
        assertThat(condition(waiting, "PodResizePending").getMessage())
                .startsWith("Node didn't have enough resource: cpu, requested: " + millis + ", used: ");
        assertThat(condition(waiting, "PodResizePending").getObservedGeneration())
                .isEqualTo(2);
        assertThat(container(waiting, "main").getAllocatedResources()).containsEntry("cpu", new Quantity("10m"));

        put(pods.pod("greedy"), Map.of("main", resources(Map.of("cpu", "10m"), Map.of())));

        pods.await(
                "greedy",
                pod -> pod.getStatus().getConditions().stream()
                        .noneMatch(c -> c.getType().equals("PodResizePending")));
    }

    /// What its cgroup says, of either version.
    private static final String LIMITS = """
            cd /sys/fs/cgroup
            if [ -f cpu.max ]; then set -- $(cat cpu.max); [ "$1" = max ] && echo -1 || echo $1; cat memory.max
            else cat cpu*/cpu.cfs_quota_us | head -1; cat memory/memory.limit_in_bytes; fi
            """;

    private static void put(Pod pod, Map<String, ResourceRequirements> wanted) {
        Pod resized = new PodBuilder(resizeOf(pod.getMetadata().getName()))
                .editSpec()
                .withContainers(pod.getSpec().getContainers().stream()
                        .map(one -> new io.fabric8.kubernetes.api.model.ContainerBuilder(one)
                                .withResources(wanted.get(one.getName()))
                                .build())
                        .toList())
                .endSpec()
                .build();
        pods.client().raw(path(pod.getMetadata().getName()), "PUT", resized);
    }

    private static Pod resizeOf(String name) {
        return Serialization.unmarshal(pods.client().raw(path(name)), Pod.class);
    }

    private static String path(String name) {
        return "/api/v1/namespaces/" + pods.namespace() + "/pods/" + name + "/resize";
    }

    private static ResourceRequirements resources(Map<String, String> requests, Map<String, String> limits) {
        var all = new ResourceRequirementsBuilder();
        requests.forEach((name, amount) -> all.addToRequests(name, new Quantity(amount)));
        limits.forEach((name, amount) -> all.addToLimits(name, new Quantity(amount)));
        return all.build();
    }
}
