package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// When volumes that no pod wants may be taken from their node: at once if it does not use them. One that it says is
/// in use stays, unless the node is out of service, or not ready while six minutes went by. Thread-safe.
final class Detachments {

    private static final Duration LONGEST_USE = Duration.ofMinutes(6);
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    /// Since when a volume is wanted by no pod, by attachment.
    private final Map<String, Instant> unwanted = new ConcurrentHashMap<>();

    /// A pod wants what `attachment` is for, or it is gone.
    void forget(String attachment) {
        unwanted.remove(attachment);
    }

    /// Whether what `attachment` is for, called `volume` by nodes and wanted by no pod, may go from `node`, if there
    /// is such a node still.
    boolean isDue(String attachment, String volume, Optional<Node> node, Instant now) {
        Instant since = unwanted.computeIfAbsent(attachment, absent -> now);
        return node.filter(found -> inUse(found).contains(volume))
                .map(found ->
                        isOutOfService(found) || !NodeTaints.isReady(found) && !now.isBefore(since.plus(LONGEST_USE)))
                .orElse(true);
    }

    private static Set<String> inUse(Node node) {
        return node.getStatus() == null ? Set.of() : Set.copyOf(node.getStatus().getVolumesInUse());
    }

    private static boolean isOutOfService(Node node) {
        return node.getSpec() != null
                && node.getSpec().getTaints().stream().anyMatch(taint -> OUT_OF_SERVICE.equals(taint.getKey()));
    }
}
