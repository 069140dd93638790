package dev.longshore.scheduler.framework;

import java.util.List;

/// Prefers some nodes to others, of those that all filters let pass. Called concurrently; must not block.
public interface Score {

    /// The best that a node can get.
    long MOST = 100;

    /// The rule's name, as Kubernetes has it.
    String name();

    /// How much the rule counts.
    int weight();

    /// Points from 0 to 100 for each of `nodes`, in their order.
    long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster);
}
