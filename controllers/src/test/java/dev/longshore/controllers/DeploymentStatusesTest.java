package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeploymentStatusesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Deployment deployment = new DeploymentBuilder()
            .withNewMetadata()
            .withName("web")
            .withGeneration(2L)
            .endMetadata()
            .withNewSpec()
            .withReplicas(3)
            .withProgressDeadlineSeconds(60)
            .withNewStrategy()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
            .withNewMaxSurge(1)
            .withNewMaxUnavailable(0)
            .endRollingUpdate()
            .endStrategy()
            .endSpec()
            .build();

    @Test
    void aRolloutGetsOnIsCompleteAndThenStaysSoWhilePodsComeAndGo() {
        DeploymentCondition begun = progress(3, rolledOut(set("new", 3, 1, 0, 0), 3));
        DeploymentCondition further = progress(5, rolledOut(set("new", 3, 3, 2, 0), 5));
        DeploymentCondition complete = progress(9, rolledOut(set("new", 3, 3, 3, 0), 9));
        DeploymentCondition shaken = progress(20, rolledOut(set("new", 3, 3, 1, 0), 20));

        assertThat(begun.getMessage()).isEqualTo("ReplicaSet \"new\" is progressing.");
        assertThat(further.getReason()).isEqualTo("ReplicaSetUpdated");
        assertThat(further.getLastUpdateTime()).isEqualTo("2026-01-01T00:00:05Z");
        assertThat(further.getLastTransitionTime()).isEqualTo("2026-01-01T00:00:03Z");
        assertThat(complete.getReason()).isEqualTo("NewReplicaSetAvailable");
        assertThat(complete.getMessage()).isEqualTo("ReplicaSet \"new\" has successfully progressed.");
        assertThat(shaken).isEqualTo(complete);
        assertThat(deployment.getStatus().getUnavailableReplicas()).isEqualTo(2);
        assertThat(condition("Available").getStatus()).isEqualTo("False");
    }

    @Test
    void aRolloutThatDoesNotGetOnIsLateAfterItsDeadlineAndIsLookedAtThen() {
        rolledOut(set("new", 3, 1, 0, 0), 0);
        assertThat(DeploymentStatuses.nextCheck(deployment, deployment.getStatus(), START.plusSeconds(20)))
                .contains(Duration.ofSeconds(41));
        rolledOut(set("new", 3, 1, 0, 0), 60);
        assertThat(condition("Progressing").getStatus()).as("not yet").isEqualTo("True");

        rolledOut(set("new", 3, 1, 0, 0), 61);

        assertThat(condition("Progressing").getStatus()).isEqualTo("False");
        assertThat(condition("Progressing").getReason()).isEqualTo("ProgressDeadlineExceeded");
        assertThat(condition("Progressing").getMessage()).isEqualTo("ReplicaSet \"new\" has timed out progressing.");
        assertThat(DeploymentStatuses.nextCheck(deployment, deployment.getStatus(), START.plusSeconds(61)))
                .isEmpty();
    }

    @Test
    void withoutADeadlineNothingIsSaidOfProgress() {
        deployment.getSpec().setProgressDeadlineSeconds(Integer.MAX_VALUE);

        rolledOut(set("new", 3, 1, 0, 0), 0);

        assertThat(deployment.getStatus().getConditions())
                .extracting(DeploymentCondition::getType)
                .containsExactly("Available");
    }

    @Test
    void aFailureOfTheNewSetIsPassedOnWithItsTimeAndGoesWithIt() {
        ReplicaSet old = failing(set("old", 1, 1, 1, 0), "of old");
        ReplicaSet fresh = failing(set("new", 3, 0, 0, 0), "over quota");

        deployment.setStatus(DeploymentStatuses.rolledOut(deployment, Optional.of(fresh), List.of(old, fresh), START));

        assertThat(condition("ReplicaFailure").getMessage()).isEqualTo("over quota");
        assertThat(condition("ReplicaFailure").getLastUpdateTime()).isEqualTo("2025-12-31T00:00:00Z");
        rolledOut(set("new", 3, 3, 3, 0), 5);
        assertThat(deployment.getStatus().getConditions())
                .extracting(DeploymentCondition::getType)
                .doesNotContain("ReplicaFailure");
    }

    @Test
    void podsOnTheirWayOutAreSummedUnlessASetDoesNotSay() {
        ReplicaSet silent = set("old", 0, 0, 0, 4);
        silent.getStatus().setTerminatingReplicas(null);
        ReplicaSet unseen =
                new ReplicaSetBuilder(set("new", 3, 0, 0, 0)).withStatus(null).build();

        assertThat(terminating(set("old", 1, 1, 1, 2), set("new", 3, 3, 3, 1))).isEqualTo(3);
        assertThat(terminating(set("old", 1, 1, 1, 2), unseen)).isEqualTo(2);
        assertThat(terminating(silent, set("new", 3, 3, 3, 1))).isNull();
    }

    private Integer terminating(ReplicaSet... sets) {
        return DeploymentStatuses.counted(deployment, Optional.empty(), List.of(sets), START)
                .getTerminatingReplicas();
    }

    private DeploymentStatus rolledOut(ReplicaSet fresh, int second) {
        DeploymentStatus status =
                DeploymentStatuses.rolledOut(deployment, Optional.of(fresh), List.of(fresh), START.plusSeconds(second));
        deployment = new DeploymentBuilder(deployment).withStatus(status).build();
        return status;
    }

    private DeploymentCondition progress(int second, DeploymentStatus status) {
        return DeploymentConditions.find(status, "Progressing").orElseThrow(() -> new AssertionError("at " + second));
    }

    private DeploymentCondition condition(String type) {
        return DeploymentConditions.find(deployment.getStatus(), type).orElseThrow();
    }

    private static ReplicaSet failing(ReplicaSet set, String message) {
        return new ReplicaSetBuilder(set)
                .editStatus()
                .addNewCondition()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason("FailedCreate")
                .withMessage(message)
                .withLastTransitionTime("2025-12-31T00:00:00Z")
                .endCondition()
                .endStatus()
                .build();
    }

    private static ReplicaSet set(String name, int wanted, int replicas, int available, int terminating) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(wanted)
                .endSpec()
                .withNewStatus()
                .withReplicas(replicas)
                .withReadyReplicas(available)
                .withAvailableReplicas(available)
                .withTerminatingReplicas(terminating)
                .withObservedGeneration(1L)
                .endStatus()
                .build();
    }
}
