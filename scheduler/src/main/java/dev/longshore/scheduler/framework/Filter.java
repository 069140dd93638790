package dev.longshore.scheduler.framework;

/// Rejects nodes that a pod may not run on. Called concurrently; must not block.
public interface Filter {

    /// The rule's name, as Kubernetes has it.
    String name();

    /// May `pod` run on `node`?
    Verdict filter(PodView pod, NodeView node, Snapshot cluster);
}
