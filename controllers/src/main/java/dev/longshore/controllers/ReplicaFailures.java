package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The condition `ReplicaFailure` of an owner of replicas that cannot create its pods.
final class ReplicaFailures {

    private static final String TYPE = "ReplicaFailure";

    private ReplicaFailures() {}

    /// `before`, with the condition when `failure` is not null, without it otherwise.
    static List<ReplicaSetCondition> conditions(List<ReplicaSetCondition> before, String failure, Instant now) {
        var conditions = new ArrayList<>(before);
        if (failure == null) {
            conditions.removeIf(condition -> condition.getType().equals(TYPE));
        } else if (conditions.stream()
                .noneMatch(condition -> condition.getType().equals(TYPE))) {
            conditions.add(new ReplicaSetConditionBuilder()
                    .withType(TYPE)
                    .withStatus("True")
                    .withReason("FailedCreate")
                    .withMessage(failure)
                    .withLastTransitionTime(
                            Instant.ofEpochSecond(now.getEpochSecond()).toString())
                    .build());
        }
        return conditions;
    }
}
