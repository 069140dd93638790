package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.EnumSet;
import java.util.Set;

/// A cordoned node takes no pods but those that tolerate it.
public final class NodeUnschedulable implements Filter {

    private static final Taint CORDONED = new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, null);

    @Override
    public String name() {
        return "NodeUnschedulable";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_TAINTS);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return node.isUnschedulable() && !Tolerations.tolerate(pod.tolerations(), CORDONED)
                ? Verdict.rejected("node(s) were unschedulable")
                : Verdict.FITS;
    }
}
