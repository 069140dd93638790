package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The conditions Available, Progressing and ReplicaFailure of a Deployment.
final class DeploymentConditions {

    static final String PROGRESSING = "Progressing";
    static final String AVAILABLE = "Available";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";
    static final String COMPLETE = "NewReplicaSetAvailable";

    private static final String FAILURE = "ReplicaFailure";

    private DeploymentConditions() {}

    /// The condition `type` of `status`.
    static Optional<DeploymentCondition> find(DeploymentStatus status, String type) {
        return status == null
                ? Optional.empty()
                : status.getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    /// `conditions` with one set anew: the transition time changes with the status only, the update time with
    /// reason or status; when neither changes, nothing does.
    static List<DeploymentCondition> with(
            List<DeploymentCondition> conditions,
            String type,
            String status,
            String reason,
            String message,
            Instant now) {
        String stamp = Instant.ofEpochSecond(now.getEpochSecond()).toString();
        Optional<DeploymentCondition> before = conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
        if (before.filter(same ->
                        same.getStatus().equals(status) && same.getReason().equals(reason))
                .isPresent()) {
            return conditions;
        }
        var result = new ArrayList<>(conditions);
        result.removeIf(condition -> condition.getType().equals(type));
        result.add(new DeploymentConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(stamp)
                .withLastTransitionTime(before.filter(same -> same.getStatus().equals(status))
                        .map(DeploymentCondition::getLastTransitionTime)
                        .orElse(stamp))
                .build());
        return result;
    }

    /// `conditions` where the update time of `type` is now: a rollout has got on.
    static List<DeploymentCondition> touched(
            List<DeploymentCondition> conditions, String type, String reason, String message, Instant now) {
        var result = new ArrayList<>(conditions);
        result.removeIf(condition -> condition.getType().equals(type));
        return with(result, type, "True", reason, message, now);
    }

    /// Available or not, by the number of available pods.
    static List<DeploymentCondition> availability(
            List<DeploymentCondition> conditions, boolean isAvailable, Instant now) {
        return isAvailable
                ? with(
                        conditions,
                        AVAILABLE,
                        "True",
                        "MinimumReplicasAvailable",
                        "Deployment has minimum availability.",
                        now)
                : with(
                        conditions,
                        AVAILABLE,
                        "False",
                        "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability.",
                        now);
    }

    /// The failure of one of `sets`, passed on.
    static List<DeploymentCondition> failures(
            List<DeploymentCondition> conditions, List<ReplicaSet> sets, Instant now) {
        var failure = sets.stream()
                .filter(set -> set.getStatus() != null)
                .flatMap(set -> set.getStatus().getConditions().stream())
                .filter(condition -> condition.getType().equals(FAILURE))
                .findFirst();
        if (failure.isPresent()) {
            return with(
                    conditions,
                    FAILURE,
                    "True",
                    failure.get().getReason(),
                    failure.get().getMessage(),
                    now);
        }
        var result = new ArrayList<>(conditions);
        result.removeIf(condition -> condition.getType().equals(FAILURE));
        return result;
    }

    /// How long until the rollout of `deployment` is too late; empty when it cannot be, or is no longer under
    /// way.
    static Optional<Duration> untilDeadline(Deployment deployment, DeploymentStatus status, Instant now) {
        Integer limit = deployment.getSpec().getProgressDeadlineSeconds();
        if (limit == null || limit == Integer.MAX_VALUE) {
            return Optional.empty();
        }
        return find(status, PROGRESSING)
                .filter(progress -> !progress.getReason().equals(COMPLETE)
                        && !progress.getReason().equals(TIMED_OUT))
                .map(progress -> Duration.between(
                        now, Instant.parse(progress.getLastUpdateTime()).plusSeconds(limit)));
    }
}
