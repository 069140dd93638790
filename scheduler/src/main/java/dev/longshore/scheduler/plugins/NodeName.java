package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.EnumSet;
import java.util.Set;

/// A pod that names its node runs there and nowhere else.
public final class NodeName implements Filter {

    @Override
    public String name() {
        return "NodeName";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return pod.nodeName().map(node.name()::equals).orElse(true)
                ? Verdict.FITS
                : Verdict.rejected("node(s) didn't match the requested node name");
    }
}
