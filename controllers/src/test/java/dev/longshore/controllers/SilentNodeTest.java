package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SilentNodeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void whatANodeSaidOfItselfIsNoLongerKnown() {
        assertThat(SilentNode.conditions(node(), NOW))
                .extracting(condition -> condition.getType() + " " + condition.getStatus() + " " + condition.getReason()
                        + " " + condition.getLastTransitionTime())
                .containsExactly(
                        "Ready Unknown NodeStatusUnknown 2026-01-01T00:00:00Z",
                        "NetworkUnavailable False RouteCreated 2025-01-01T00:00:00Z",
                        "MemoryPressure Unknown NodeStatusUnknown 2025-12-31T23:00:00Z",
                        "DiskPressure Unknown NodeStatusNeverUpdated 2026-01-01T00:00:00Z",
                        "PIDPressure Unknown NodeStatusNeverUpdated 2026-01-01T00:00:00Z");
    }

    @Test
    void oldLabelsSayWhatTheNewOnesSay() {
        assertThat(SilentNode.labels(node()).orElseThrow())
                .containsEntry("beta.kubernetes.io/os", "linux")
                .containsEntry("beta.kubernetes.io/arch", "amd64")
                .containsEntry("own", "stays");
        Node right = new NodeBuilder(node())
                .editMetadata()
                .addToLabels(SilentNode.labels(node()).orElseThrow())
                .endMetadata()
                .build();
        assertThat(SilentNode.labels(right)).isEmpty();
        assertThat(SilentNode.labels(new NodeBuilder()
                        .withNewMetadata()
                        .addToLabels("beta.kubernetes.io/os", "old")
                        .endMetadata()
                        .build()))
                .isEmpty();
    }

    private static Node node() {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("a")
                .withCreationTimestamp("2025-01-01T00:00:00Z")
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", "amd64")
                .addToLabels("beta.kubernetes.io/os", "windows")
                .addToLabels("own", "stays")
                .endMetadata()
                .withNewStatus()
                .withConditions(
                        condition("Ready", "True", "KubeletReady", "2025-01-01T00:00:00Z"),
                        condition("NetworkUnavailable", "False", "RouteCreated", "2025-01-01T00:00:00Z"),
                        condition("MemoryPressure", "Unknown", "NodeStatusUnknown", "2025-12-31T23:00:00Z"))
                .endStatus()
                .build();
    }

    private static NodeCondition condition(String type, String status, String reason, String since) {
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withLastTransitionTime(since)
                .build();
    }
}
