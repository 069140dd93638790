package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodGarbageCollectorTest {

    @Test
    void ofTooManyThatHaveEndedTheEvictedAndThenTheOldestGo() {
        List<Pod> pods = List.of(
                pod("young", "Succeeded", "", 9),
                pod("old", "Failed", "", 1),
                pod("evicted", "Failed", "Evicted", 8),
                pod("older", "Succeeded", "", 1),
                pod("running", "Running", "", 0));

        assertThat(PodGarbageCollector.tooManyEnded(pods, 1))
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly("evicted", "old", "older");
        assertThat(PodGarbageCollector.tooManyEnded(pods, 4)).isEmpty();
        assertThat(PodGarbageCollector.tooManyEnded(pods, 5)).isEmpty();
    }

    @Test
    void onlyASilentNodeWithTheTaintIsOutOfService() {
        assertThat(PodGarbageCollector.isOutOfService(node("False", "node.kubernetes.io/out-of-service")))
                .isTrue();
        assertThat(PodGarbageCollector.isOutOfService(node("Unknown", "node.kubernetes.io/out-of-service")))
                .isTrue();
        assertThat(PodGarbageCollector.isOutOfService(node("True", "node.kubernetes.io/out-of-service")))
                .isFalse();
        assertThat(PodGarbageCollector.isOutOfService(node("False", "node.kubernetes.io/unreachable")))
                .isFalse();
    }

    private static Pod pod(String name, String phase, String reason, int second) {
        return Samples.pod(name, "10.0.0.1")
                .editMetadata()
                .withCreationTimestamp("2026-01-01T00:00:0" + second + "Z")
                .endMetadata()
                .editStatus()
                .withPhase(phase)
                .withReason(reason)
                .endStatus()
                .build();
    }

    private static Node node(String ready, String taint) {
        return new NodeBuilder()
                .withNewSpec()
                .addNewTaint()
                .withKey(taint)
                .withEffect("NoExecute")
                .endTaint()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build();
    }
}
