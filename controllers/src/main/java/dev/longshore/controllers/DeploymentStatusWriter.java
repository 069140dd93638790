package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.Outcome;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Sums up the ReplicaSets of a Deployment in its status.
final class DeploymentStatusWriter {

    private final KubernetesClient client;
    private final Time time;

    DeploymentStatusWriter(KubernetesClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    /// Writes the status if it changed; asks to be called again when the progress deadline is due.
    Outcome write(Deployment deployment, Optional<ReplicaSet> fresh, List<ReplicaSet> sets) {
        Instant now = time.now();
        DeploymentStatus before = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        DeploymentStatus counted = counted(deployment, fresh, sets, before);
        List<DeploymentCondition> conditions = DeploymentConditions.availability(
                before.getConditions(),
                orZero(counted.getAvailableReplicas()) >= desired(deployment) - mostUnavailable(deployment),
                now);
        conditions = progress(deployment, fresh, sets, before, counted, conditions, now);
        conditions = DeploymentConditions.failures(conditions, sets, now);
        DeploymentStatus status =
                new DeploymentStatusBuilder(counted).withConditions(conditions).build();
        if (!Objects.equals(status, deployment.getStatus())) {
            client.resource(new DeploymentBuilder(deployment).withStatus(status).build())
                    .updateStatus();
        }
        writeRevision(deployment, fresh);
        return DeploymentConditions.untilDeadline(deployment, status, now)
                .map(left -> left.isPositive() ? left.plusSeconds(1) : java.time.Duration.ofSeconds(1))
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    /// True when all pods are of the newest template and available.
    boolean isComplete(Deployment deployment, List<ReplicaSet> sets) {
        DeploymentStatus status = deployment.getStatus();
        return status != null
                && isComplete(deployment, status)
                && sum(sets, ReplicaSetStatus::getReplicas) == desired(deployment);
    }

    /// Counts a hash collision in the status, so that the next try takes another hash, unless the set that is
    /// in the way is the Deployment's own, which the informer has not seen yet.
    void countCollisionUnlessOurs(Deployment deployment, ReplicaSet wanted) {
        ReplicaSet present = client.resource(wanted).get();
        if (present == null
                || Keys.controller(present)
                        .filter(owner ->
                                owner.getUid().equals(deployment.getMetadata().getUid()))
                        .isPresent()) {
            return;
        }
        DeploymentStatus before = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        client.resource(new DeploymentBuilder(deployment)
                        .withStatus(new DeploymentStatusBuilder(before)
                                .withCollisionCount(orZero(before.getCollisionCount()) + 1)
                                .build())
                        .build())
                .updateStatus();
    }

    private void writeRevision(Deployment deployment, Optional<ReplicaSet> fresh) {
        String revision = fresh.map(set -> String.valueOf(Revisions.of(set))).orElse("0");
        String before = Revisions.annotations(deployment).getOrDefault(Revisions.REVISION, "0");
        if (!revision.equals("0") && !revision.equals(before)) {
            client.apps()
                    .deployments()
                    .inNamespace(deployment.getMetadata().getNamespace())
                    .withName(deployment.getMetadata().getName())
                    .edit(stored -> new DeploymentBuilder(stored)
                            .editMetadata()
                            .addToAnnotations(Revisions.REVISION, revision)
                            .endMetadata()
                            .build());
        }
    }

    private static List<DeploymentCondition> progress(
            Deployment deployment,
            Optional<ReplicaSet> fresh,
            List<ReplicaSet> sets,
            DeploymentStatus before,
            DeploymentStatus counted,
            List<DeploymentCondition> conditions,
            Instant now) {
        String type = DeploymentConditions.PROGRESSING;
        String name = fresh.map(set -> set.getMetadata().getName()).orElse("");
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            return DeploymentConditions.with(
                    conditions, type, "Unknown", "DeploymentPaused", "Deployment is paused", now);
        }
        if (fresh.isPresent() && isComplete(deployment, counted)) {
            return DeploymentConditions.with(
                    conditions,
                    type,
                    "True",
                    DeploymentConditions.COMPLETE,
                    "ReplicaSet \"%s\" has successfully progressed.".formatted(name),
                    now);
        }
        boolean hasProgressed = orZero(counted.getUpdatedReplicas()) > orZero(before.getUpdatedReplicas())
                || orZero(counted.getReadyReplicas()) > orZero(before.getReadyReplicas())
                || orZero(counted.getAvailableReplicas()) > orZero(before.getAvailableReplicas())
                || oldReplicas(counted) < oldReplicas(before);
        if (hasProgressed || DeploymentConditions.find(before, type).isEmpty()) {
            return DeploymentConditions.touched(
                    conditions, type, "ReplicaSetUpdated", "ReplicaSet \"%s\" is progressing.".formatted(name), now);
        }
        boolean isLate = DeploymentConditions.untilDeadline(deployment, before, now)
                .filter(left -> !left.isPositive())
                .isPresent();
        if (isLate) {
            return DeploymentConditions.with(
                    conditions,
                    type,
                    "False",
                    DeploymentConditions.TIMED_OUT,
                    "ReplicaSet \"%s\" has timed out progressing.".formatted(name),
                    now);
        }
        boolean wasComplete = DeploymentConditions.find(before, type)
                .filter(condition -> condition.getReason().equals(DeploymentConditions.COMPLETE)
                        || condition.getStatus().equals("Unknown"))
                .isPresent();
        return wasComplete && sets.size() > 1
                ? DeploymentConditions.touched(
                        conditions, type, "ReplicaSetUpdated", "ReplicaSet \"%s\" is progressing.".formatted(name), now)
                : conditions;
    }

    private static DeploymentStatus counted(
            Deployment deployment, Optional<ReplicaSet> fresh, List<ReplicaSet> sets, DeploymentStatus before) {
        int replicas = sum(sets, ReplicaSetStatus::getReplicas);
        int available = sum(sets, ReplicaSetStatus::getAvailableReplicas);
        return new DeploymentStatusBuilder(before)
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(positive(replicas))
                .withUpdatedReplicas(positive(sum(fresh.stream().toList(), ReplicaSetStatus::getReplicas)))
                .withReadyReplicas(positive(sum(sets, ReplicaSetStatus::getReadyReplicas)))
                .withAvailableReplicas(positive(available))
                .withUnavailableReplicas(positive(Math.max(0, Math.max(replicas, desired(deployment)) - available)))
                .build();
    }

    private static boolean isComplete(Deployment deployment, DeploymentStatus status) {
        return orZero(status.getUpdatedReplicas()) == desired(deployment)
                && orZero(status.getReplicas()) == desired(deployment)
                && orZero(status.getAvailableReplicas()) == desired(deployment)
                && Objects.equals(
                        status.getObservedGeneration(), deployment.getMetadata().getGeneration());
    }

    private static int mostUnavailable(Deployment deployment) {
        var rolling = deployment.getSpec().getStrategy().getRollingUpdate();
        return rolling == null
                ? 0
                : RolloutPlan.of(desired(deployment), rolling.getMaxSurge(), rolling.getMaxUnavailable())
                        .maxUnavailable();
    }

    private static int oldReplicas(DeploymentStatus status) {
        return orZero(status.getReplicas()) - orZero(status.getUpdatedReplicas());
    }

    private static int sum(List<ReplicaSet> sets, Function<ReplicaSetStatus, Integer> field) {
        return sets.stream()
                .filter(set -> set.getStatus() != null)
                .mapToInt(set -> orZero(field.apply(set.getStatus())))
                .sum();
    }

    /// Counts of zero are left out, as Kubernetes does.
    private static Integer positive(int count) {
        return count == 0 ? null : count;
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }

    private static int desired(Deployment deployment) {
        return deployment.getSpec().getReplicas() == null
                ? 1
                : deployment.getSpec().getReplicas();
    }
}
