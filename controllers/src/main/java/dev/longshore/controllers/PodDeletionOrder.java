package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which pods go first when there are too many: unscheduled before scheduled, pending before running, unready
/// before ready, cheaper ones (`controller.kubernetes.io/pod-deletion-cost`), those on nodes with more pods of
/// their kin, those ready for a shorter time, those that restarted more often, younger ones. Ages count by
/// powers of two only, and chance decides among those of one: else the youngest nodes, or zones, would lose all
/// their pods.
final class PodDeletionOrder {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    private static final Comparator<Pod> BY_USE = Comparator.comparing(
                    (Pod pod) -> !node(pod).isEmpty())
            .thenComparing(pod -> Math.max(0, PHASES.indexOf(Pods.phase(pod))))
            .thenComparing(Pods::isReady);

    private static final Comparator<Pod> BY_RESTARTS = Comparator.comparing(
                    (Pod pod) -> restarts(pod, false), Comparator.reverseOrder())
            .thenComparing(pod -> restarts(pod, true), Comparator.reverseOrder());

    private PodDeletionOrder() {}

    /// `pods`, those to delete first at the front.
    ///
    /// @param kin active pods of the same owner's owner, `pods` included: they are to stay spread over nodes
    static List<Pod> of(List<Pod> pods, List<Pod> kin, Instant now) {
        Map<String, Integer> onNode = new HashMap<>();
        kin.stream().filter(Pods::isActive).forEach(pod -> onNode.merge(node(pod), 1, Integer::sum));
        Comparator<Pod> order = BY_USE.thenComparing(PodDeletionOrder::cost)
                .thenComparing(pod -> onNode.getOrDefault(node(pod), 0), Comparator.reverseOrder())
                .thenComparing(byAge(PodDeletionOrder::readySince, now))
                .thenComparing(BY_RESTARTS)
                .thenComparing(byAge(PodDeletionOrder::created, now));
        // No list is sorted by it: where ages are equal within a power of two it need not be transitive.
        var queue = new PriorityQueue<>(Math.max(1, pods.size()), order);
        queue.addAll(pods);
        var sorted = new ArrayList<Pod>(pods.size());
        while (!queue.isEmpty()) {
            sorted.add(queue.poll());
        }
        return sorted;
    }

    /// The same without regard to cost and kin, and by exact ages: how Jobs choose.
    static List<Pod> simply(List<Pod> pods) {
        return pods.stream()
                .sorted(BY_USE.thenComparing(
                                PodDeletionOrder::readySince, Comparator.nullsFirst(Comparator.reverseOrder()))
                        .thenComparing(BY_RESTARTS)
                        .thenComparing(PodDeletionOrder::created, Comparator.nullsFirst(Comparator.reverseOrder())))
                .toList();
    }

    private static Comparator<Pod> byAge(Function<Pod, Instant> since, Instant now) {
        return (one, other) -> {
            Instant left = since.apply(one);
            Instant right = since.apply(other);
            if (left == null || right == null) {
                return Comparator.nullsFirst(Comparator.<Instant>naturalOrder()).compare(left, right);
            }
            if (left.equals(right)) {
                return 0;
            }
            int difference = Integer.compare(magnitude(left, now), magnitude(right, now));
            return difference != 0
                    ? difference
                    : one.getMetadata().getUid().compareTo(other.getMetadata().getUid());
        };
    }

    /// The power of two nanoseconds that has passed; -1 when none has.
    private static int magnitude(Instant since, Instant now) {
        long age = Duration.between(since, now).toNanos();
        return age <= 0 ? -1 : Long.SIZE - 1 - Long.numberOfLeadingZeros(age);
    }

    private static Instant readySince(Pod pod) {
        return Pods.readySince(pod).orElse(null);
    }

    private static Instant created(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getCreationTimestamp())
                .map(Instant::parse)
                .orElse(null);
    }

    private static String node(Pod pod) {
        return pod.getSpec().getNodeName() == null ? "" : pod.getSpec().getNodeName();
    }

    /// What is not written as a number should be is no cost.
    private static int cost(Pod pod) {
        var annotations = pod.getMetadata().getAnnotations();
        String value = annotations == null ? null : annotations.get(COST);
        if (value == null || !value.equals("0") && !value.matches("-.*|[1-9].*")) {
            return 0;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    /// The most of any container of the one kind.
    ///
    /// @param isSidecar init containers that stay, else the main ones
    private static int restarts(Pod pod, boolean isSidecar) {
        if (pod.getStatus() == null) {
            return 0;
        }
        Set<String> sidecars = pod.getSpec().getInitContainers().stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()))
                .map(container -> container.getName())
                .collect(Collectors.toSet());
        List<ContainerStatus> statuses = isSidecar
                ? pod.getStatus().getInitContainerStatuses().stream()
                        .filter(status -> sidecars.contains(status.getName()))
                        .toList()
                : pod.getStatus().getContainerStatuses();
        return statuses.stream()
                .mapToInt(status -> status.getRestartCount() == null ? 0 : status.getRestartCount())
                .max()
                .orElse(0);
    }
}
