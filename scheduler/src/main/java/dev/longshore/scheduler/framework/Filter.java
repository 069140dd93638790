package dev.longshore.scheduler.framework;

import java.util.Set;

/// Rejects nodes that a pod may not run on. Called concurrently; must not block.
public interface Filter {

    /// The rule's name, as Kubernetes has it.
    String name();

    /// May `pod` run on `node`?
    Verdict filter(PodView pod, NodeView node, Snapshot cluster);

    /// After which events a pod that this rule rejected may be let pass: only then it is tried again.
    Set<ClusterEvent> helpedBy();
}
