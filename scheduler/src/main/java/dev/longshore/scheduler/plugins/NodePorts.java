package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.EnumSet;
import java.util.Set;

/// No two pods take the same port of a node.
public final class NodePorts implements Filter {

    @Override
    public String name() {
        return "NodePorts";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.POD_GONE);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (pod.hostPorts().isEmpty()) {
            return Verdict.FITS;
        }
        var taken = node.takenPorts();
        boolean isTaken =
                pod.hostPorts().stream().anyMatch(port -> taken.stream().anyMatch(port::conflictsWith));
        return isTaken ? Verdict.crowded("node(s) didn't have free ports for the requested pod ports") : Verdict.FITS;
    }
}
