package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import java.util.List;

/// Prefers nodes where processor and memory would be used to the same degree.
public final class NodeResourcesBalancedAllocation implements Score {

    @Override
    public String name() {
        return "NodeResourcesBalancedAllocation";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        return nodes.stream()
                .mapToLong(node ->
                        Math.round(MOST * (1 - Math.abs(used(pod, node, "cpu") - used(pod, node, "memory")) / 2)))
                .toArray();
    }

    private static double used(PodView pod, NodeView node, String resource) {
        long all = node.allocatable().getOrDefault(resource, 0L);
        long used = all - node.free(resource) + pod.request(resource);
        return all <= 0 ? 1 : Math.min(1, (double) used / all);
    }
}
