package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Objects;

/// Tells when a node comes, goes, or changes in labels or taints; not when it only says that it lives.
final class NodeChanges implements ResourceEventHandler<Node> {

    private final Runnable changed;

    NodeChanges(Runnable changed) {
        this.changed = changed;
    }

    @Override
    public void onAdd(Node node) {
        changed.run();
    }

    @Override
    public void onUpdate(Node old, Node node) {
        boolean isSame = Objects.equals(
                        old.getMetadata().getLabels(), node.getMetadata().getLabels())
                && Objects.equals(old.getSpec().getTaints(), node.getSpec().getTaints());
        if (!isSame) {
            changed.run();
        }
    }

    @Override
    public void onDelete(Node node, boolean isStateUnknown) {
        changed.run();
    }
}
