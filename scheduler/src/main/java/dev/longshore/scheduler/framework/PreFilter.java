package dev.longshore.scheduler.framework;

import java.util.Optional;
import java.util.Set;

/// Looks at a pod before any node is looked at. Must not block.
public interface PreFilter {

    /// The rule's name, as Kubernetes has it.
    String name();

    /// Why no node at all will do; empty to go on.
    Optional<String> refusal(PodView pod, Snapshot cluster);

    /// After which events a refusal may be withdrawn: only then the pod is tried again.
    Set<ClusterEvent> helpedBy();
}
