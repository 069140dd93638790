package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicationControllerControllerTest {

    private final ReplicationControllerController shape = new ReplicationControllerController();
    private final ReplicationController controller = new ReplicationControllerBuilder()
            .withNewMetadata()
            .withName("old")
            .endMetadata()
            .withNewSpec()
            .withReplicas(3)
            .withMinReadySeconds(5)
            .withSelector(Map.of("app", "old"))
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", "old")
            .endMetadata()
            .endTemplate()
            .endSpec()
            .build();

    @Test
    void whatItWantsIsReadAsAReplicaSets() {
        ReplicaSetSpec spec = shape.spec(controller);

        assertThat(shape.kind()).isEqualTo("ReplicationController");
        assertThat(spec.getReplicas()).isEqualTo(3);
        assertThat(spec.getMinReadySeconds()).isEqualTo(5);
        assertThat(spec.getSelector().getMatchLabels()).isEqualTo(Map.of("app", "old"));
        assertThat(spec.getTemplate()).isEqualTo(controller.getSpec().getTemplate());
    }

    @Test
    void aStatusIsReadAsItWasWritten() {
        ReplicaSetStatus status = new ReplicaSetStatusBuilder()
                .withReplicas(3)
                .withFullyLabeledReplicas(2)
                .withReadyReplicas(1)
                .withAvailableReplicas(0)
                .withObservedGeneration(9L)
                .addNewCondition()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason("FailedCreate")
                .withMessage("over quota")
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .endCondition()
                .build();

        assertThat(shape.status(controller)).isEqualTo(new ReplicaSetStatus());
        assertThat(shape.status(shape.withStatus(controller, status))).isEqualTo(status);
    }
}
