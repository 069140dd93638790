package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerCondition;
import io.fabric8.kubernetes.api.model.ReplicationControllerConditionBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerSpec;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatus;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;

/// Keeps as many pods as a ReplicationController asks for.
final class ReplicationControllerController implements ReplicaOwner<ReplicationController> {

    static final String NAME = "replication-controller";

    ReplicationControllerController() {}

    static Controller create(ControllerContext context) {
        return ReplicaKeeper.create(NAME, new ReplicationControllerController(), context);
    }

    @Override
    public Class<ReplicationController> type() {
        return ReplicationController.class;
    }

    @Override
    public boolean countsTerminating() {
        return false;
    }

    @Override
    public ReplicaSetSpec spec(ReplicationController controller) {
        ReplicationControllerSpec spec = controller.getSpec();
        return new ReplicaSetSpecBuilder()
                .withReplicas(spec.getReplicas())
                .withMinReadySeconds(spec.getMinReadySeconds())
                .withTemplate(spec.getTemplate())
                .withNewSelector()
                .withMatchLabels(spec.getSelector())
                .endSelector()
                .build();
    }

    @Override
    public ReplicaSetStatus status(ReplicationController controller) {
        ReplicationControllerStatus status = controller.getStatus();
        return status == null
                ? new ReplicaSetStatus()
                : new ReplicaSetStatusBuilder()
                        .withReplicas(status.getReplicas())
                        .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                        .withReadyReplicas(status.getReadyReplicas())
                        .withAvailableReplicas(status.getAvailableReplicas())
                        .withObservedGeneration(status.getObservedGeneration())
                        .withConditions(status.getConditions().stream()
                                .map(ReplicationControllerController::told)
                                .toList())
                        .build();
    }

    @Override
    public ReplicationController withStatus(ReplicationController controller, ReplicaSetStatus status) {
        return new ReplicationControllerBuilder(controller)
                .withStatus(new ReplicationControllerStatusBuilder()
                        .withReplicas(status.getReplicas())
                        .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                        .withReadyReplicas(status.getReadyReplicas())
                        .withAvailableReplicas(status.getAvailableReplicas())
                        .withObservedGeneration(status.getObservedGeneration())
                        .withConditions(status.getConditions().stream()
                                .map(ReplicationControllerController::own)
                                .toList())
                        .build())
                .build();
    }

    private static ReplicaSetCondition told(ReplicationControllerCondition condition) {
        return new ReplicaSetConditionBuilder()
                .withType(condition.getType())
                .withStatus(condition.getStatus())
                .withReason(condition.getReason())
                .withMessage(condition.getMessage())
                .withLastTransitionTime(condition.getLastTransitionTime())
                .build();
    }

    private static ReplicationControllerCondition own(ReplicaSetCondition condition) {
        return new ReplicationControllerConditionBuilder()
                .withType(condition.getType())
                .withStatus(condition.getStatus())
                .withReason(condition.getReason())
                .withMessage(condition.getMessage())
                .withLastTransitionTime(condition.getLastTransitionTime())
                .build();
    }
}
