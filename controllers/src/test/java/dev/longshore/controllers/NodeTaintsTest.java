package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.List;
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

    @Test
    void aPodStaysAsLongAsItTolerates() {
        Pod tolerant = new PodBuilder(Samples.ready("a", "10.0.0.1"))
                .editSpec()
                .addNewToleration()
                .withKey("node.kubernetes.io/unreachable")
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(300L)
                .endToleration()
                .endSpec()
                .build();
        List<Taint> taints = NodeTaints.wanted(node("Unknown"), NOW).stream()
                .filter(taint -> taint.getEffect().equals("NoExecute"))
                .toList();

        assertThat(NodeTaints.isDue(tolerant, taints, NOW.plusSeconds(299))).isFalse();
        assertThat(NodeTaints.isDue(tolerant, taints, NOW.plusSeconds(300))).isTrue();
        assertThat(NodeTaints.isDue(Samples.ready("b", "10.0.0.2"), taints, NOW))
                .isTrue();
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
