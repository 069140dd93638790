package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;

/// Keeps as many pods as a ReplicaSet asks for.
final class ReplicaSetController implements ReplicaOwner<ReplicaSet> {

    static final String NAME = "replicaset-controller";

    private ReplicaSetController() {}

    static Controller create(ControllerContext context) {
        return ReplicaKeeper.create(NAME, new ReplicaSetController(), context);
    }

    @Override
    public Class<ReplicaSet> type() {
        return ReplicaSet.class;
    }

    @Override
    public ReplicaSetSpec spec(ReplicaSet set) {
        return set.getSpec();
    }

    @Override
    public ReplicaSetStatus status(ReplicaSet set) {
        return set.getStatus() == null ? new ReplicaSetStatus() : set.getStatus();
    }

    @Override
    public ReplicaSet withStatus(ReplicaSet set, ReplicaSetStatus status) {
        return new ReplicaSetBuilder(set).withStatus(status).build();
    }
}
