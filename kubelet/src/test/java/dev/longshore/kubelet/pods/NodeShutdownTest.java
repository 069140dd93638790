package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.shutdown.NodeShutdown;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What pods see of a machine that goes down.
class NodeShutdownTest extends WorkersFixture {

    private static final String MESSAGE = "Pod was terminated in response to imminent node shutdown.";

    private final AtomicInteger told = new AtomicInteger();

    @Test
    void ordinaryPodsEndBeforeCriticalOnes() {
        put("web", 0, 30);
        put("dns", 2_000_000_000, 30);
        runtime.stubborn.add("web");

        CompletableFuture<Void> done = goDown("shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 10s");

        await().until(() -> runtime.calls.contains("stop web within 20s"));
        assertThat(runtime.running("dns")).isPresent();
        time.advance(Duration.ofSeconds(20));
        await().until(() -> runtime.calls.contains("stop dns within 10s"));
        await().until(done::isDone);
        assertThat(cluster.status("web").getPhase()).isEqualTo("Failed");
    }

    @Test
    void aPodThatEndsSoSaysWhy() {
        put("web", 0, 7);

        goDown("shutdownGracePeriod: 30s").join();

        await().until(() -> "Failed".equals(cluster.status("web").getPhase()));
        PodStatus status = cluster.status("web");
        assertThat(runtime.calls).contains("stop web within 7s");
        assertThat(status.getReason()).isEqualTo("Terminated");
        assertThat(status.getMessage()).isEqualTo(MESSAGE);
        PodCondition condition = status.getConditions().stream()
                .filter(one -> one.getType().equals("DisruptionTarget"))
                .findFirst()
                .orElseThrow();
        assertThat(condition.getStatus()).isEqualTo("True");
        assertThat(condition.getReason()).isEqualTo("TerminationByKubelet");
        assertThat(condition.getMessage()).isEqualTo(MESSAGE);
        assertThat(cluster.events).extracting(Event::getReason).doesNotContain("Evicted");
    }

    @Test
    void periodsMayGoByPriority() {
        put("low", 10, 60);
        put("middle", 500, 60);
        put("high", 5000, 60);

        goDown("""
                        shutdownGracePeriodByPodPriority:
                        - {priority: 1000, shutdownGracePeriodSeconds: 4}
                        - {priority: 100, shutdownGracePeriodSeconds: 9}
                        - {priority: 0, shutdownGracePeriodSeconds: 20}""").join();

        assertThat(runtime.calls)
                .containsSubsequence("stop low within 20s", "stop middle within 9s", "stop high within 4s");
    }

    @Test
    void whoTakesTooLongIsNotWaitedFor() {
        put("web", 0, 600);
        put("dns", 2_000_001_000, 600);
        runtime.stubborn.add("web");

        // What is to end gets two seconds in any case.
        CompletableFuture<Void> done = goDown("shutdownGracePeriod: 3s\nshutdownGracePeriodCriticalPods: 2s");
        await().until(() -> runtime.calls.contains("stop web within 2s"));
        time.advance(Duration.ofSeconds(1));

        await().until(done::isDone);
        assertThat(runtime.calls).contains("stop dns within 2s");
        assertThat(runtime.running("web")).isPresent();
    }

    @Test
    void theNodeTakesNoPodOnMeanwhile() {
        goDown("shutdownGracePeriod: 30s").join();

        cluster.put(pod("late", "Always", container("late")).build());

        await().until(() -> "Failed".equals(cluster.status("late").getPhase()));
        assertThat(cluster.status("late").getReason()).isEqualTo("NodeShutdown");
        assertThat(cluster.status("late").getMessage())
                .isEqualTo("Pod was rejected: Pod was rejected as the node is shutting down.");
        assertThat(runtime.calls).doesNotContain("start late/0");
    }

    @Test
    void theNodeIsToldAndTheTimesAreKeptForTheNextRun() throws Exception {
        NodeShutdown node = shutdown("shutdownGracePeriod: 30s");
        node.begin();

        assertThat(shutdown.isUnderWay()).isTrue();
        assertThat(told).hasValue(1);
        await().untilAsserted(() -> assertThat(cluster.events)
                .filteredOn(event -> event.getReason().equals("NodeShutdown"))
                .extracting(Event::getMessage)
                .containsExactly("Shutdown manager detected shutdown event"));
        assertThat(Files.readString(directory.resolve("graceful_node_shutdown_state")))
                .isEqualTo("{\"startTime\":\"2026-01-01T00:00:00Z\",\"endTime\":\"2026-01-01T00:00:00Z\"}");
        assertThat(shutdown("").times().end()).isEqualTo(Optional.of(time.now()));
    }

    @Test
    void withoutPeriodsPodsAreLeftAlone() {
        put("web", 0, 30);

        goDown("shutdownGracePeriod: 0s").join();

        assertThat(runtime.running("web")).isPresent();
        assertThat(shutdown.isUnderWay()).isFalse();
    }

    private void put(String name, int priority, long grace) {
        cluster.put(pod(name, "Always", container(name))
                .editSpec()
                .withPriority(priority)
                .withTerminationGracePeriodSeconds(grace)
                .endSpec()
                .build());
        await().until(() -> isTrue(name, "Ready"));
    }

    private CompletableFuture<Void> goDown(String configuration) {
        NodeShutdown node = shutdown(configuration);
        return CompletableFuture.runAsync(() -> {
            try {
                node.begin();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private NodeShutdown shutdown(String configuration) {
        return NodeShutdown.of(
                KubeletConfiguration.parse(
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n" + configuration),
                workers,
                shutdown,
                events,
                told::incrementAndGet,
                directory,
                time);
    }
}
