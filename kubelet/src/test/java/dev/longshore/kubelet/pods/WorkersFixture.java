package dev.longshore.kubelet.pods;

import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.kubelet.node.Pressures;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.probes.NodeActions;
import dev.longshore.kubelet.volumes.PodVolumes;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Workers over a runtime and a cluster in memory, with time that stands still until a test moves it.
class WorkersFixture {

    @TempDir
    Path directory;

    final ManualTime time = new ManualTime();
    final FakeRuntime runtime = new FakeRuntime(time);
    final FakeCluster cluster = new FakeCluster();
    final ShutdownState shutdown = new ShutdownState();
    EventRecorder events;
    PodWorkers workers;

    @BeforeEach
    void start() {
        events = new EventRecorder(cluster, time, "node-1");
        events.start();
        workers = workers();
        workers.start();
    }

    @AfterEach
    void stop() {
        workers.close();
        events.close();
    }

    /// Those of the pods.
    ContainerDevices devices() {
        return ContainerDevices.NONE;
    }

    /// Those of the pods.
    PodVolumes volumes() {
        return PodVolumes.NONE;
    }

    final PodWorkers workers() {
        var settings = new PodSettings(
                "node-1",
                directory,
                directory.resolve("logs"),
                List.of("192.0.2.1"),
                List.of("10.96.0.10"),
                "cluster.local",
                1L << 30,
                "longshore",
                false);
        return new PodWorkers(
                settings,
                runtime,
                cluster,
                cluster,
                events,
                volumes(),
                new NodeActions(runtime.streams(), time),
                time,
                () -> Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"), "pods", new Quantity("110")),
                new Pressures(),
                devices(),
                shutdown,
                new NodeMeasures());
    }

    /// Lets time pass, second by second, until it is so. One step would not do: who has only just been seen to do
    /// something may set the timer for what is next a moment later.
    final void passUntil(Callable<Boolean> isSo) {
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return isSo.call();
        });
    }

    final String waiting(String pod) {
        var statuses = cluster.status(pod).getContainerStatuses();
        return statuses.isEmpty() || statuses.getFirst().getState().getWaiting() == null
                ? ""
                : statuses.getFirst().getState().getWaiting().getReason();
    }

    final boolean isTrue(String pod, String condition) {
        return cluster.status(pod).getConditions().stream()
                .anyMatch(c -> c.getType().equals(condition) && c.getStatus().equals("True"));
    }

    static Container container(String name) {
        return new ContainerBuilder()
                .withName(name)
                .withImage("img")
                .withImagePullPolicy("IfNotPresent")
                .build();
    }

    static PodBuilder pod(String name, String restartPolicy, Container... containers) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .withUid("uid-" + name)
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-1")
                .withRestartPolicy(restartPolicy)
                .withTerminationGracePeriodSeconds(30L)
                .withContainers(containers)
                .endSpec();
    }
}
