package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NodeTaintsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    @Test
    void aReadyNodeKeepsOnlyForeignTaints() {
        Node node = new NodeBuilder(node("True"))
                .editSpec()
                .addNewTaint()
                .withKey("dedicated")
                .withEffect("NoSchedule")
                .endTaint()
                .addNewTaint()
                .withKey("node.kubernetes.io/not-ready")
                .withEffect("NoExecute")
                .endTaint()
                .endSpec()
                .build();

        assertThat(NodeTaints.wanted(node, NOW)).extracting(Taint::getKey).containsExactly("dedicated");
    }

    @Test
    void aNodeNobodyHeardOfIsUnreachable() {
        assertThat(NodeTaints.wanted(node("Unknown"), NOW))
                .extracting(taint -> taint.getKey() + ":" + taint.getEffect())
                .containsExactly(
                        "node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
    }

    private static Node node(String ready) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("n")
                .endMetadata()
                .withNewSpec()
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
