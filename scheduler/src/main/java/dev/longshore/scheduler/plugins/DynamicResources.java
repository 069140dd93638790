package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.devices.PodDevices;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Leads pods to where the devices that they claim are, or can be had, and rather to where they get what they would
/// like best.
public final class DynamicResources implements PreFilter, Filter, Score {

    private final PodDevices devices;

    /// Judges by `facts`.
    public DynamicResources(DeviceFacts facts) {
        this.devices = new PodDevices(facts);
    }

    @Override
    public String name() {
        return "DynamicResources";
    }

    @Override
    public Optional<String> refusal(PodView pod, Snapshot cluster) {
        return pod.mayNeedDevices() ? devices.refusal(pod) : Optional.empty();
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(
                ClusterEvent.NODE_ADDED,
                ClusterEvent.NODE_LABELS,
                ClusterEvent.NODE_ALLOCATABLE,
                ClusterEvent.POD_GONE,
                ClusterEvent.DEVICES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (!pod.mayNeedDevices()) {
            return Verdict.FITS;
        }
        return devices.refusal(pod, node).map(Verdict::rejected).orElse(Verdict.FITS);
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        long[] points = new long[nodes.size()];
        if (!pod.devices().isEmpty()) {
            for (int i = 0; i < points.length; i++) {
                points[i] = devices.preference(pod, nodes.get(i));
            }
        }
        return Scores.mostFirst(points);
    }
}
