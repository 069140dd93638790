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
                        .mapToLong(image -> node.images().getOrDefault(image, 0L))
                        .sum())
                .map(size -> Math.clamp(size, LEAST, enough))
                .map(size -> MOST * (size - LEAST) / (enough - LEAST))
                .toArray();
    }
}
