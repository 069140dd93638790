package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.devices.PodDevices;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A node must have what a pod asks for; of those that do, the one with most to spare is best.
public final class NodeResourcesFit implements Filter, Score {

    private static final List<String> SCORED = List.of("cpu", "memory");

    private final DeviceFacts devices;

    /// @param devices for resources that a driver of devices gives, not the node itself
    public NodeResourcesFit(DeviceFacts devices) {
        this.devices = devices;
    }

    @Override
    public String name() {
        return "NodeResourcesFit";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(
                ClusterEvent.NODE_ADDED, ClusterEvent.NODE_ALLOCATABLE, ClusterEvent.POD_GONE, ClusterEvent.DEVICES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        var reasons = new ArrayList<String>();
        boolean isHopeless = false;
        if (node.pods().size() + 1 > node.allocatable().getOrDefault("pods", 0L)) {
            reasons.add("Too many pods");
        }
        for (String resource : pod.requests().keySet()) {
            long wanted = pod.request(resource);
            if (wanted > 0 && wanted > node.free(resource) && !PodDevices.areFor(devices, resource, node)) {
                reasons.add("Insufficient " + resource);
                isHopeless |= wanted > node.allocatable().getOrDefault(resource, 0L);
            }
        }
        return reasons.isEmpty() ? Verdict.FITS : new Verdict.Rejected(reasons, !isHopeless);
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        return nodes.stream().mapToLong(node -> spare(pod, node)).toArray();
    }

    private static long spare(PodView pod, NodeView node) {
        long points = 0;
        for (String resource : SCORED) {
            long all = node.allocatable().getOrDefault(resource, 0L);
            long left = all - node.usage(resource) - pod.usage(resource);
            points += all <= 0 || left < 0 ? 0 : MOST * left / all;
        }
        return points / SCORED.size();
    }
}
