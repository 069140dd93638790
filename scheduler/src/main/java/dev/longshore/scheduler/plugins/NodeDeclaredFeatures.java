package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.EnumSet;
import java.util.Set;

/// A pod that asks for what not every kubelet can do goes where it is declared.
public final class NodeDeclaredFeatures implements Filter {

    @Override
    public String name() {
        return "NodeDeclaredFeatures";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_FEATURES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return node.features().containsAll(pod.features())
                ? Verdict.FITS
                : Verdict.rejected("node(s) didn't match Pod's required features");
    }
}
