package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// Which pods go first when there are too many: unscheduled before scheduled, pending before running, unready
/// before ready, cheaper ones (`controller.kubernetes.io/pod-deletion-cost`), those ready for a shorter time,
/// those that restarted more often, younger ones.
final class PodDeletionOrder {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    private PodDeletionOrder() {}

    /// `pods`, those to delete first at the front.
    static List<Pod> of(List<Pod> pods, Instant now) {
        return pods.stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getSpec().getNodeName() != null)
                        .thenComparing(pod -> PHASES.indexOf(Pods.phase(pod)))
                        .thenComparing(Pods::isReady)
                        .thenComparing(PodDeletionOrder::cost)
                        .thenComparing(pod -> Pods.readySince(pod).orElse(now), Comparator.reverseOrder())
                        .thenComparing(PodDeletionOrder::restarts, Comparator.reverseOrder())
                        .thenComparing(pod -> pod.getMetadata().getCreationTimestamp(), Comparator.reverseOrder()))
                .toList();
    }

    private static int cost(Pod pod) {
        var annotations = pod.getMetadata().getAnnotations();
        String value = annotations == null ? null : annotations.get(COST);
        try {
            return value == null ? 0 : Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private static int restarts(Pod pod) {
        return pod.getStatus() == null
                ? 0
                : pod.getStatus().getContainerStatuses().stream()
                        .mapToInt(ContainerStatus::getRestartCount)
                        .max()
                        .orElse(0);
    }
}
