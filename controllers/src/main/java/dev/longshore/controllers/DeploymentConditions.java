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
import java.util.stream.Stream;

/// The conditions Available, Progressing and ReplicaFailure of a Deployment.
final class DeploymentConditions {

    static final String PROGRESSING = "Progressing";
    static final String AVAILABLE = "Available";

    // Reasons of Progressing.
    static final String CREATED = "NewReplicaSetCreated";
    static final String NOT_CREATED = "ReplicaSetCreateError";
    static final String FOUND = "FoundNewReplicaSet";
    static final String UPDATED = "ReplicaSetUpdated";
    static final String COMPLETE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";
    static final String PAUSED = "DeploymentPaused";
    static final String RESUMED = "DeploymentResumed";

    private static final String FAILURE = "ReplicaFailure";

    private DeploymentConditions() {}

    /// The condition `type` of `status`.
    static Optional<DeploymentCondition> find(DeploymentStatus status, String type) {
        return status == null ? Optional.empty() : find(status.getConditions(), type);
    }

    /// Why the rollout is where it is; empty while nothing is said of it.
    static String progressReason(DeploymentStatus status) {
        return find(status, PROGRESSING).map(DeploymentCondition::getReason).orElse("");
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
        return with(
                conditions,
                new DeploymentConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason(reason)
                        .withMessage(message)
                        .withLastUpdateTime(stamp)
                        .withLastTransitionTime(stamp)
                        .build());
    }

    /// `conditions` where the update time of Progressing is now: a rollout has got on.
    static List<DeploymentCondition> touched(
            List<DeploymentCondition> conditions, String reason, String message, Instant now) {
        Optional<DeploymentCondition> before = find(conditions, PROGRESSING);
        List<DeploymentCondition> result =
                with(without(conditions, PROGRESSING), PROGRESSING, "True", reason, message, now);
        before.filter(condition -> condition.getStatus().equals("True"))
                .ifPresent(condition -> result.getLast().setLastTransitionTime(condition.getLastTransitionTime()));
        return result;
    }

    static List<DeploymentCondition> without(List<DeploymentCondition> conditions, String type) {
        var result = new ArrayList<>(conditions);
        result.removeIf(condition -> condition.getType().equals(type));
        return result;
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

    /// The failure of one of the sets passed on with its time, that of the newest before others'.
    static List<DeploymentCondition> failures(
            List<DeploymentCondition> conditions, Optional<ReplicaSet> fresh, List<ReplicaSet> sets) {
        return Stream.concat(fresh.stream(), sets.stream())
                .filter(set -> set.getStatus() != null)
                .flatMap(set -> set.getStatus().getConditions().stream())
                .filter(condition -> condition.getType().equals(FAILURE))
                .findFirst()
                .map(failure -> with(
                        conditions,
                        new DeploymentConditionBuilder()
                                .withType(FAILURE)
                                .withStatus(failure.getStatus())
                                .withReason(failure.getReason())
                                .withMessage(failure.getMessage())
                                .withLastUpdateTime(failure.getLastTransitionTime())
                                .withLastTransitionTime(failure.getLastTransitionTime())
                                .build()))
                .orElseGet(() -> without(conditions, FAILURE));
    }

    /// Whether anybody wants to know when a rollout does not get on.
    static boolean hasDeadline(Deployment deployment) {
        Integer limit = deployment.getSpec().getProgressDeadlineSeconds();
        return limit != null && limit != Integer.MAX_VALUE;
    }

    /// How long until the rollout of `deployment` is too late; empty when it cannot be, or is so already.
    static Optional<Duration> untilDeadline(Deployment deployment, DeploymentStatus status, Instant now) {
        return hasDeadline(deployment)
                ? find(status, PROGRESSING)
                        .filter(progress -> !progress.getReason().equals(TIMED_OUT))
                        .map(progress -> Duration.between(
                                now,
                                Instant.parse(progress.getLastUpdateTime())
                                        .plusSeconds(deployment.getSpec().getProgressDeadlineSeconds())))
                : Optional.empty();
    }

    private static List<DeploymentCondition> with(List<DeploymentCondition> conditions, DeploymentCondition condition) {
        Optional<DeploymentCondition> before = find(conditions, condition.getType())
                .filter(same -> same.getStatus().equals(condition.getStatus()));
        if (before.filter(same -> same.getReason().equals(condition.getReason()))
                .isPresent()) {
            return conditions;
        }
        before.ifPresent(same -> condition.setLastTransitionTime(same.getLastTransitionTime()));
        List<DeploymentCondition> result = without(conditions, condition.getType());
        result.add(condition);
        return result;
    }

    private static Optional<DeploymentCondition> find(List<DeploymentCondition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }
}
