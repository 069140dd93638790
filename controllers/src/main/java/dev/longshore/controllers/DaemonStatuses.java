package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import java.util.List;
import java.util.Optional;

/// What the status of a DaemonSet says of its nodes.
final class DaemonStatuses {

    private DaemonStatuses() {}

    /// Of several pods on a node the oldest counts.
    ///
    /// @param isObserved whether the set's present generation was acted upon
    static DaemonSetStatus of(DaemonSet set, DaemonNodes nodes, boolean isObserved) {
        List<Pod> pods = nodes.fits().keySet().stream()
                .filter(nodes::shouldRun)
                .flatMap(node -> nodes.on(node).stream().limit(1))
                .toList();
        int available = count(pods.stream().filter(nodes::isAvailable).count());
        int desired = nodes.desired();
        DaemonSetStatus before = Optional.ofNullable(set.getStatus()).orElseGet(DaemonSetStatus::new);
        return new DaemonSetStatusBuilder(before)
                .withObservedGeneration(isObserved ? set.getMetadata().getGeneration() : before.getObservedGeneration())
                .withDesiredNumberScheduled(desired)
                .withCurrentNumberScheduled(pods.size())
                .withNumberMisscheduled(count(nodes.fits().keySet().stream()
                        .filter(node ->
                                !nodes.shouldRun(node) && !nodes.on(node).isEmpty())
                        .count()))
                .withNumberReady(count(pods.stream().filter(Pods::isReady).count()))
                .withUpdatedNumberScheduled(
                        positive(pods.stream().filter(nodes::isUpdated).count()))
                .withNumberAvailable(positive(available))
                .withNumberUnavailable(positive(desired - available))
                .build();
    }

    private static int count(long number) {
        return (int) number;
    }

    /// Optional counts of zero are left out, as Kubernetes does.
    private static Integer positive(long number) {
        return number == 0 ? null : (int) number;
    }
}
