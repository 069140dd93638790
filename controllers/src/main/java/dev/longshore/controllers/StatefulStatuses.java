package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import java.time.Instant;
import java.util.List;

/// What the status of a StatefulSet says of its pods.
final class StatefulStatuses {

    /// The names of the revisions that pods are or become of.
    ///
    /// @param collisions how often the name of one was taken
    record Revisions(String current, String update, int collisions) {}

    private StatefulStatuses() {}

    /// The pods counted.
    static StatefulSetStatus of(StatefulSet set, List<Pod> pods, Revisions revisions, Instant now) {
        StatefulSetStatus before = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
        List<Pod> ready = pods.stream()
                .filter(pod -> Pods.phase(pod).equals("Running") && Pods.isReady(pod))
                .toList();
        return new StatefulSetStatusBuilder(before)
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withReplicas(pods.size())
                .withReadyReplicas(positive(ready.size()))
                .withAvailableReplicas((int) ready.stream()
                        .filter(pod -> Pods.isAvailable(pod, StatefulPods.minReadySeconds(set), now))
                        .count())
                .withCurrentReplicas(positive(of(pods, revisions.current)))
                .withUpdatedReplicas(positive(of(pods, revisions.update)))
                .withCurrentRevision(revisions.current)
                .withUpdateRevision(revisions.update)
                .withCollisionCount(revisions.collisions)
                .build();
    }

    /// What is being taken away for an update no longer counts as of the current revision; when all are of the
    /// newest and ready, that is the current one.
    static void settle(StatefulSet set, StatefulSetStatus status, int takenAway) {
        status.setCurrentReplicas(positive(orZero(status.getCurrentReplicas()) - takenAway));
        int wanted = StatefulPods.replicas(set);
        boolean isRolledOut = StatefulPods.isRolling(set)
                && orZero(status.getUpdatedReplicas()) == wanted
                && orZero(status.getReadyReplicas()) == wanted
                && orZero(status.getReplicas()) == wanted;
        if (isRolledOut) {
            status.setCurrentReplicas(status.getUpdatedReplicas());
            status.setCurrentRevision(status.getUpdateRevision());
        }
    }

    private static int of(List<Pod> pods, String revision) {
        return (int) pods.stream()
                .filter(pod ->
                        !Keys.isBeingDeleted(pod) && StatefulPods.revision(pod).equals(revision))
                .count();
    }

    /// Optional counts of zero are left out, as Kubernetes does.
    private static Integer positive(int count) {
        return count == 0 ? null : count;
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }
}
