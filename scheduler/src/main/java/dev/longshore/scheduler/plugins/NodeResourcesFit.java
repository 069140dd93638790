package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.List;

/// A node must have what a pod asks for; of those that do, the one with most to spare is best.
public final class NodeResourcesFit implements Filter, Score {

    private static final List<String> SCORED = List.of("cpu", "memory");

    @Override
    public String name() {
        return "NodeResourcesFit";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        long podLimit = node.allocatable().getOrDefault("pods", 0L);
        if (node.pods().size() + 1 > podLimit) {
            return Verdict.crowded("Too many pods");
        }
        return pod.requests().keySet().stream()
                .sorted()
                .filter(resource -> pod.request(resource) > 0 && pod.request(resource) > node.free(resource))
                .findFirst()
                .map(resource -> pod.request(resource) > node.allocatable().getOrDefault(resource, 0L)
                        ? Verdict.rejected("Insufficient " + resource)
                        : Verdict.crowded("Insufficient " + resource))
                .orElse(Verdict.FITS);
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        return nodes.stream().mapToLong(node -> spare(pod, node)).toArray();
    }

    private static long spare(PodView pod, NodeView node) {
        long points = 0;
        for (String resource : SCORED) {
            long all = node.allocatable().getOrDefault(resource, 0L);
            long left = node.free(resource) - pod.request(resource);
            points += all <= 0 || left < 0 ? 0 : MOST * left / all;
        }
        return points / SCORED.size();
    }
}
