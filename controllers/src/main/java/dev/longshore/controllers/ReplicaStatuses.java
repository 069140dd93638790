package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the status of an owner of replicas says of its pods.
final class ReplicaStatuses {

    private ReplicaStatuses() {}

    /// `before`, counted anew.
    ///
    /// @param pods those that are active
    /// @param terminating how many are on their way out; null for owners that do not say
    static ReplicaSetStatus count(
            ReplicaSetStatus before,
            Long generation,
            ReplicaSetSpec spec,
            List<Pod> pods,
            Integer terminating,
            Optional<ReplicaFailures.Failure> failure,
            Instant now) {
        int minReady = spec.getMinReadySeconds() == null ? 0 : spec.getMinReadySeconds();
        var labels = spec.getTemplate().getMetadata().getLabels();
        return new ReplicaSetStatusBuilder(before)
                .withReplicas(pods.size())
                .withFullyLabeledReplicas(positive(pods.stream()
                        .filter(pod ->
                                Selectors.matches(labels, pod.getMetadata().getLabels()))
                        .count()))
                .withReadyReplicas(positive(pods.stream().filter(Pods::isReady).count()))
                .withAvailableReplicas(positive(pods.stream()
                        .filter(pod -> Pods.isAvailable(pod, minReady, now))
                        .count()))
                .withTerminatingReplicas(terminating)
                .withObservedGeneration(generation)
                .withConditions(ReplicaFailures.conditions(before.getConditions(), failure, now))
                .build();
    }

    /// Optional counts of zero are left out, as Kubernetes does.
    private static Integer positive(long count) {
        return count == 0 ? null : (int) count;
    }
}
