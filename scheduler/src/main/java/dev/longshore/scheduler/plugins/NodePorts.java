package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;

/// No two pods take the same port of a node.
public final class NodePorts implements Filter {

    @Override
    public String name() {
        return "NodePorts";
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
