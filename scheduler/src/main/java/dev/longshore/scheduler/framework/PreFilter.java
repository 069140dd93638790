package dev.longshore.scheduler.framework;

import java.util.Optional;

/// Looks at a pod before any node is looked at. Must not block.
public interface PreFilter {

    /// The rule's name, as Kubernetes has it.
    String name();

    /// Why no node at all will do; empty to go on.
    Optional<String> refusal(PodView pod, Snapshot cluster);
}
