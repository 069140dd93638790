package dev.longshore.kubelet.pods;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// That a pod has to go, though nobody deletes it, and counts as failed.
///
/// @param reason as the pod's status has it
/// @param annotations of the event that tells of it
/// @param grace for its containers, at most
/// @param isDisruption whether it goes for the node's sake, not for a limit of its own
/// @param over completed when nothing of it runs any more and its volumes are given back
record EndOrder(
        String reason,
        String message,
        Map<String, String> annotations,
        Duration grace,
        boolean isDisruption,
        CompletableFuture<Void> over) {

    static final String EVICTED = "Evicted";
    static final String TERMINATED = "Terminated";

    /// The node is short of something.
    static EndOrder eviction(EvictionMessage message, Duration grace) {
        return new EndOrder(EVICTED, message.text(), message.annotations(), grace, true, new CompletableFuture<>());
    }

    /// The pod is over a limit of its own.
    static EndOrder overLimit(String message) {
        return new EndOrder(EVICTED, message, Map.of(), Duration.ZERO, false, new CompletableFuture<>());
    }

    /// The machine goes down.
    static EndOrder shutdown(Duration grace) {
        return new EndOrder(
                TERMINATED,
                "Pod was terminated in response to imminent node shutdown.",
                Map.of(),
                grace,
                true,
                new CompletableFuture<>());
    }
}
