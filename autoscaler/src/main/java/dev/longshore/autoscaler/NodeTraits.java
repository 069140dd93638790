package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What the autoscaler asks of a node.
final class NodeTraits {

    /// Keeps all new pods from a node that is being removed; its value is the second when it was set.
    static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

    /// Discourages new pods on a node that may be removed soon.
    static final String CANDIDATE = "DeletionCandidateOfClusterAutoscaler";

    /// With the value `true`, the node is not removed.
    static final String SPARED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

    /// A mark of a removal older than this is one of a removal that failed.
    private static final Duration LONGEST_DELETION = Duration.ofMinutes(5);

    private static final Set<String> TROUBLE = Set.of("DiskPressure", "NetworkUnavailable");
    private static final Set<String> UNREADY_TAINTS = Set.of(
            "node.kubernetes.io/not-ready",
            "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/network-unavailable");

    private NodeTraits() {}

    static String name(Node node) {
        return node.getMetadata().getName();
    }

    static Map<String, String> annotations(Node node) {
        return Objects.requireNonNullElse(node.getMetadata().getAnnotations(), Map.of());
    }

    static Map<String, String> labels(Node node) {
        return Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
    }

    /// It works; whether pods may go there is another question.
    static boolean isReady(Node node) {
        boolean isSaidReady = false;
        if (node.getStatus() != null) {
            for (var condition : node.getStatus().getConditions()) {
                if (condition.getType().equals("Ready")) {
                    isSaidReady = condition.getStatus().equals("True");
                } else if (TROUBLE.contains(condition.getType())
                        && condition.getStatus().equals("True")) {
                    return false;
                }
            }
        }
        return isSaidReady
                && node.getSpec().getTaints().stream().noneMatch(taint -> UNREADY_TAINTS.contains(taint.getKey()));
    }

    static boolean isReadyForPods(Node node) {
        return isReady(node) && !Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    }

    static Instant created(Node node) {
        String stamp = node.getMetadata().getCreationTimestamp();
        return stamp == null ? Instant.EPOCH : Instant.parse(stamp);
    }

    static Optional<Taint> taint(Node node, String key) {
        return node.getSpec().getTaints().stream()
                .filter(taint -> taint.getKey().equals(key))
                .findFirst();
    }

    static boolean isSpared(Node node) {
        return "true".equals(annotations(node).get(SPARED));
    }

    /// Somebody removes it just now.
    static boolean isBeingDeleted(Node node, Instant now) {
        return taint(node, TO_BE_DELETED)
                .map(Taint::getValue)
                .filter(value -> value != null && value.matches("[0-9]{1,12}"))
                .map(value -> Instant.ofEpochSecond(Long.parseLong(value)))
                .filter(since -> Duration.between(since, now).compareTo(LONGEST_DELETION) < 0)
                .isPresent();
    }

    /// Whole cores, rounded up.
    static long cores(Node node) {
        return capacity(node, "cpu").setScale(0, RoundingMode.CEILING).longValue();
    }

    /// Thousandths of cores.
    static long milliCores(Node node) {
        return capacity(node, "cpu").movePointRight(3).longValue();
    }

    /// Bytes.
    static long memory(Node node) {
        return capacity(node, "memory").longValue();
    }

    private static BigDecimal capacity(Node node, String resource) {
        Map<String, Quantity> capacity =
                node.getStatus() == null ? null : node.getStatus().getCapacity();
        Quantity amount = capacity == null ? null : capacity.get(resource);
        return amount == null ? BigDecimal.ZERO : amount.getNumericalAmount();
    }
}
