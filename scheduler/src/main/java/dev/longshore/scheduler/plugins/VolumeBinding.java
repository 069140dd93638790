package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.VolumeFacts;
import dev.longshore.scheduler.volumes.VolumePlan;
import dev.longshore.scheduler.volumes.VolumePlanner;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Leads pods to where their volumes are, or can be had.
public final class VolumeBinding implements PreFilter, Filter {

    private final VolumePlanner planner;

    /// Judges by `facts`.
    public VolumeBinding(VolumeFacts facts) {
        this.planner = new VolumePlanner(facts);
    }

    @Override
    public String name() {
        return "VolumeBinding";
    }

    @Override
    public Optional<String> refusal(PodView pod, Snapshot cluster) {
        return pod.volumes().isEmpty() ? Optional.empty() : planner.refusal(pod);
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS, ClusterEvent.VOLUMES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (pod.volumes().isEmpty()) {
            return Verdict.FITS;
        }
        return switch (planner.plan(pod, node)) {
            case VolumePlan.Possible possible -> Verdict.FITS;
            case VolumePlan.Impossible(String reason) -> Verdict.rejected(reason);
        };
    }
}
