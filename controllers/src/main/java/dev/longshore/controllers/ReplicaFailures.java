package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The condition `ReplicaFailure` of an owner of replicas that cannot create or delete its pods.
final class ReplicaFailures {

    private static final String TYPE = "ReplicaFailure";

    /// What went wrong, in a word and in the server's own.
    record Failure(String reason, String message) {}

    private ReplicaFailures() {}

    /// `before`, with the condition when there is a failure (as it began, though others may follow), without it
    /// otherwise.
    static List<ReplicaSetCondition> conditions(
            List<ReplicaSetCondition> before, Optional<Failure> failure, Instant now) {
        var conditions = new ArrayList<>(before);
        if (failure.isEmpty()) {
            conditions.removeIf(condition -> condition.getType().equals(TYPE));
        } else if (conditions.stream()
                .noneMatch(condition -> condition.getType().equals(TYPE))) {
            conditions.add(new ReplicaSetConditionBuilder()
                    .withType(TYPE)
                    .withStatus("True")
                    .withReason(failure.get().reason)
                    .withMessage(failure.get().message)
                    .withLastTransitionTime(
                            Instant.ofEpochSecond(now.getEpochSecond()).toString())
                    .build());
        }
        return conditions;
    }
}
