package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What is said of a node that is no longer heard of, or never was; and what is put right on any: pure.
final class SilentNode {

    /// Of these its kubelet would say; the network's condition is somebody else's.
    private static final List<String> HEARTBEATS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    /// New labels, which count, and the old ones that say the same.
    private static final Map<String, String> TWINS = Map.of(
            "kubernetes.io/os", "beta.kubernetes.io/os",
            "kubernetes.io/arch", "beta.kubernetes.io/arch");

    private static final String UNKNOWN = "Unknown";

    private SilentNode() {}

    /// The conditions of `node`, which is silent since longer than it may be.
    static List<NodeCondition> conditions(Node node, Instant now) {
        String stamp = Instant.ofEpochSecond(now.getEpochSecond()).toString();
        var conditions = new ArrayList<NodeCondition>();
        for (NodeCondition condition : said(node)) {
            boolean isToSay = HEARTBEATS.contains(condition.getType()) && !UNKNOWN.equals(condition.getStatus());
            conditions.add(
                    isToSay
                            ? new NodeConditionBuilder(condition)
                                    .withStatus(UNKNOWN)
                                    .withReason("NodeStatusUnknown")
                                    .withMessage("Kubelet stopped posting node status.")
                                    .withLastTransitionTime(stamp)
                                    .build()
                            : condition);
        }
        HEARTBEATS.stream()
                .filter(type -> conditions.stream()
                        .noneMatch(condition -> condition.getType().equals(type)))
                .forEach(type -> conditions.add(new NodeConditionBuilder()
                        .withType(type)
                        .withStatus(UNKNOWN)
                        .withReason("NodeStatusNeverUpdated")
                        .withMessage("Kubelet never posted node status.")
                        .withLastHeartbeatTime(node.getMetadata().getCreationTimestamp())
                        .withLastTransitionTime(stamp)
                        .build()));
        return conditions;
    }

    /// The conditions of `node`.
    static List<NodeCondition> said(Node node) {
        return node.getStatus() == null ? List.of() : node.getStatus().getConditions();
    }

    /// The labels of `node` with the old ones as the new ones; empty when they are so already.
    static Optional<Map<String, String>> labels(Node node) {
        Map<String, String> present =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        var right = new HashMap<>(present);
        TWINS.forEach((label, old) -> {
            if (present.containsKey(label)) {
                right.put(old, present.get(label));
            }
        });
        return right.equals(present) ? Optional.empty() : Optional.of(right);
    }
}
