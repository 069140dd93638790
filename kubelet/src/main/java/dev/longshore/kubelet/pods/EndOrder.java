package dev.longshore.kubelet.pods;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// That a pod has to go, though nobody deletes it, and counts as failed.
///
/// @param reason as the pod's status has it
/// @param grace for its containers, at most
/// @param isDisruption whether it goes for the node's sake, not for a limit of its own
/// @param over completed when nothing of it runs any more and its volumes are given back
record EndOrder(String reason, String message, Duration grace, boolean isDisruption, CompletableFuture<Void> over) {

    static final String EVICTED = "Evicted";
    static final String TERMINATED = "Terminated";

    /// The node is short of something, or the pod is over a limit.
    static EndOrder eviction(String message, Duration grace, boolean isDisruption) {
        return new EndOrder(EVICTED, message, grace, isDisruption, new CompletableFuture<>());
    }

    /// The machine goes down.
    static EndOrder shutdown(Duration grace) {
        return new EndOrder(
                TERMINATED,
                "Pod was terminated in response to imminent node shutdown.",
                grace,
                true,
                new CompletableFuture<>());
    }
}
