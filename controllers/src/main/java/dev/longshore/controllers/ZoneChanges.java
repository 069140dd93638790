package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Map;
import java.util.Objects;

/// Tells when nodes come, go, change zone, become ready or stop being so.
final class ZoneChanges implements ResourceEventHandler<Node> {

    private static final String ZONE = "topology.kubernetes.io/zone";

    private final Runnable changed;

    ZoneChanges(Runnable changed) {
        this.changed = changed;
    }

    @Override
    public void onAdd(Node node) {
        changed.run();
    }

    @Override
    public void onUpdate(Node old, Node node) {
        if (NodeTaints.isReady(old) != NodeTaints.isReady(node) || !Objects.equals(zone(old), zone(node))) {
            changed.run();
        }
    }

    @Override
    public void onDelete(Node node, boolean isStateUnknown) {
        changed.run();
    }

    private static String zone(Node node) {
        return Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.<String, String>of())
                .get(ZONE);
    }
}
