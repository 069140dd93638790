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
        return PodDeletionOrder.of(List.of(pods), NOW).stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }
}
