package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.time.Instant;
import java.util.List;

/// What the status of an owner of replicas says of its pods.
final class ReplicaStatuses {

    private ReplicaStatuses() {}

    /// `before`, counted anew from `pods`, with the condition of `failure` unless that is null.
    static ReplicaSetStatus count(
            ReplicaSetStatus before,
            Long generation,
            ReplicaSetSpec spec,
            List<Pod> pods,
            String failure,
            Instant now) {
        int minReady = spec.getMinReadySeconds() == null ? 0 : spec.getMinReadySeconds();
        var labels = spec.getTemplate().getMetadata().getLabels();
        return new ReplicaSetStatusBuilder(before)
                .withReplicas(pods.size())
                .withFullyLabeledReplicas((int) pods.stream()
                        .filter(pod ->
                                Selectors.matches(labels, pod.getMetadata().getLabels()))
                        .count())
                .withReadyReplicas((int) pods.stream().filter(Pods::isReady).count())
                .withAvailableReplicas((int) pods.stream()
                        .filter(pod -> Pods.isAvailable(pod, minReady, now))
                        .count())
                .withObservedGeneration(generation)
                .withConditions(ReplicaFailures.conditions(before.getConditions(), failure, now))
                .build();
    }
}
