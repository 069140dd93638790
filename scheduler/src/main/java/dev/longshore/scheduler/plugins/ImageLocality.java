package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import java.util.List;

/// Prefers nodes that have the pod's images already.
public final class ImageLocality implements Score {

    private static final long LEAST = 23L << 20;
    private static final long ENOUGH = 1000L << 20;

    @Override
    public String name() {
        return "ImageLocality";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        long enough = ENOUGH * Math.max(1, pod.images().size());
        return nodes.stream()
                .mapToLong(node -> pod.images().stream()
                        .mapToLong(image -> size(image, node, cluster))
                        .sum())
                .map(size -> Math.clamp(size, LEAST, enough))
                .map(size -> MOST * (size - LEAST) / (enough - LEAST))
                .toArray();
    }

    /// What few nodes have counts less: else all pods of one image would go to the first node that got it.
    private static long size(String image, NodeView node, Snapshot cluster) {
        String name = hasTag(image) ? image : image + ":latest";
        long holders = cluster.nodes().stream()
                .filter(other -> other.images().containsKey(name))
                .count();
        return node.images().getOrDefault(name, 0L) * holders / cluster.nodes().size();
    }

    private static boolean hasTag(String image) {
        return image.lastIndexOf(':') > image.lastIndexOf('/');
    }
}
