package dev.longshore.kubelet.node;

import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a change of a node's status is worth an event: that it was started anew, and each condition that turned.
record NodeNews(String type, String reason, String message) {

    // By condition: the reason when it holds, and when it does not. A node that is born ready says so as well.
    private static final Map<String, List<String>> REASONS = Map.of(
            "MemoryPressure", List.of("NodeHasInsufficientMemory", "NodeHasSufficientMemory"),
            "DiskPressure", List.of("NodeHasDiskPressure", "NodeHasNoDiskPressure"),
            "PIDPressure", List.of("NodeHasInsufficientPID", "NodeHasSufficientPID"),
            "Ready", List.of("NodeReady", "NodeNotReady"));

    static List<NodeNews> between(String node, Optional<NodeStatus> before, NodeStatus now) {
        var news = new ArrayList<NodeNews>();
        String boot = boot(Optional.of(now));
        String lastBoot = boot(before);
        if (!lastBoot.isEmpty() && !lastBoot.equals(boot)) {
            news.add(new NodeNews(
                    "Warning", "Rebooted", "Node %s has been rebooted, boot id: %s".formatted(node, boot)));
        }
        for (NodeCondition condition : now.getConditions()) {
            String told = before.stream()
                    .flatMap(status -> status.getConditions().stream())
                    .filter(old -> old.getType().equals(condition.getType()))
                    .map(NodeCondition::getStatus)
                    .findFirst()
                    .orElse("");
            boolean holds = condition.getStatus().equals("True");
            // That a new node is not ready yet is no news.
            boolean isStart = told.isEmpty() && condition.getType().equals("Ready") && !holds;
            List<String> reasons = REASONS.get(condition.getType());
            if (reasons != null && !told.equals(condition.getStatus()) && !isStart) {
                String reason = reasons.get(holds ? 0 : 1);
                news.add(new NodeNews("Normal", reason, "Node %s status is now: %s".formatted(node, reason)));
            }
        }
        return news;
    }

    private static String boot(Optional<NodeStatus> status) {
        return status.map(NodeStatus::getNodeInfo)
                .map(NodeSystemInfo::getBootID)
                .orElse("");
    }
}
