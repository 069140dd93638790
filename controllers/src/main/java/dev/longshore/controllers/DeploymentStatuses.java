package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Sums up the ReplicaSets of a Deployment, and whether its rollout gets on.
final class DeploymentStatuses {

    private DeploymentStatuses() {}

    /// Never null.
    static DeploymentStatus of(Deployment deployment) {
        return deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
    }

    /// The status by numbers, and whether enough pods are available; says nothing new of the rollout.
    static DeploymentStatus counted(
            Deployment deployment, Optional<ReplicaSet> fresh, List<ReplicaSet> sets, Instant now) {
        DeploymentStatus before = of(deployment);
        RolloutPlan plan = RolloutPlan.of(deployment);
        int available = ReplicaSets.sum(sets, ReplicaSetStatus::getAvailableReplicas);
        return new DeploymentStatusBuilder()
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(positive(ReplicaSets.sum(sets, ReplicaSetStatus::getReplicas)))
                .withUpdatedReplicas(positive(fresh.map(set -> ReplicaSets.count(set, ReplicaSetStatus::getReplicas))
                        .orElse(0)))
                .withReadyReplicas(positive(ReplicaSets.sum(sets, ReplicaSetStatus::getReadyReplicas)))
                .withAvailableReplicas(positive(available))
                .withUnavailableReplicas(positive(Math.max(0, ReplicaSets.replicas(sets) - available)))
                .withTerminatingReplicas(terminating(sets))
                .withCollisionCount(before.getCollisionCount())
                .withConditions(DeploymentConditions.availability(
                        before.getConditions(), available >= plan.desired() - plan.maxUnavailable(), now))
                .build();
    }

    /// [#counted], and what is to be said of a rollout: that it gets on, is complete, or is too late.
    static DeploymentStatus rolledOut(
            Deployment deployment, Optional<ReplicaSet> fresh, List<ReplicaSet> sets, Instant now) {
        DeploymentStatus status = counted(deployment, fresh, sets, now);
        status.setConditions(progress(deployment, fresh, status, now));
        status.setConditions(DeploymentConditions.failures(status.getConditions(), fresh, sets));
        return status;
    }

    /// True when all pods are of the newest template and available.
    static boolean isComplete(Deployment deployment, DeploymentStatus status) {
        int desired = RolloutPlan.desired(deployment);
        Long observed = status.getObservedGeneration();
        return orZero(status.getUpdatedReplicas()) == desired
                && orZero(status.getReplicas()) == desired
                && orZero(status.getAvailableReplicas()) == desired
                && (observed == null ? 0 : observed)
                        >= Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
    }

    /// When to look whether the rollout is too late, should nothing happen until then.
    static Optional<Duration> nextCheck(Deployment deployment, DeploymentStatus status, Instant now) {
        return isComplete(deployment, status)
                ? Optional.empty()
                : DeploymentConditions.untilDeadline(deployment, status, now)
                        .map(left -> left.isPositive() ? left.plusSeconds(1) : Duration.ofSeconds(1));
    }

    private static List<DeploymentCondition> progress(
            Deployment deployment, Optional<ReplicaSet> fresh, DeploymentStatus status, Instant now) {
        String type = DeploymentConditions.PROGRESSING;
        List<DeploymentCondition> conditions = status.getConditions();
        if (!DeploymentConditions.hasDeadline(deployment)) {
            return DeploymentConditions.without(conditions, type);
        }
        DeploymentStatus before = of(deployment);
        boolean wasComplete = DeploymentConditions.progressReason(before).equals(DeploymentConditions.COMPLETE);
        if (wasComplete && orZero(status.getReplicas()) == orZero(status.getUpdatedReplicas())) {
            // Pods come and go here without a rollout.
            return conditions;
        }
        String subject = fresh.map(
                        set -> "ReplicaSet \"%s\"".formatted(set.getMetadata().getName()))
                .orElseGet(() ->
                        "Deployment \"%s\"".formatted(deployment.getMetadata().getName()));
        if (isComplete(deployment, status)) {
            String message = subject + " has successfully progressed.";
            return DeploymentConditions.with(conditions, type, "True", DeploymentConditions.COMPLETE, message, now);
        }
        if (hasProgressed(before, status)) {
            return DeploymentConditions.touched(
                    conditions, DeploymentConditions.UPDATED, subject + " is progressing.", now);
        }
        if (isLate(deployment, status, now)) {
            String message = subject + " has timed out progressing.";
            return DeploymentConditions.with(conditions, type, "False", DeploymentConditions.TIMED_OUT, message, now);
        }
        return conditions;
    }

    private static boolean hasProgressed(DeploymentStatus before, DeploymentStatus status) {
        return orZero(status.getUpdatedReplicas()) > orZero(before.getUpdatedReplicas())
                || oldReplicas(status) < oldReplicas(before)
                || orZero(status.getReadyReplicas()) > orZero(before.getReadyReplicas())
                || orZero(status.getAvailableReplicas()) > orZero(before.getAvailableReplicas());
    }

    private static boolean isLate(Deployment deployment, DeploymentStatus status, Instant now) {
        return !DeploymentConditions.progressReason(status).equals(DeploymentConditions.COMPLETE)
                && DeploymentConditions.untilDeadline(deployment, status, now)
                        .filter(Duration::isNegative)
                        .isPresent();
    }

    /// Empty while one of them does not say: its controller is of an older version.
    private static Integer terminating(List<ReplicaSet> sets) {
        int sum = 0;
        for (ReplicaSet set : sets) {
            ReplicaSetStatus status = set.getStatus();
            boolean isNew = status == null || status.getObservedGeneration() == null;
            Integer count = status == null ? null : status.getTerminatingReplicas();
            if (count == null && !isNew) {
                return null;
            }
            sum += orZero(count);
        }
        return sum;
    }

    private static int oldReplicas(DeploymentStatus status) {
        return orZero(status.getReplicas()) - orZero(status.getUpdatedReplicas());
    }

    /// Counts of zero are left out, as Kubernetes does.
    private static Integer positive(int count) {
        return count == 0 ? null : count;
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }
}
