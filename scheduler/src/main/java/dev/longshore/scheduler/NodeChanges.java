package dev.longshore.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/// Keeps cache and queue up to date with what is heard of nodes.
final class NodeChanges implements ResourceEventHandler<Node> {

    private final ClusterCache cache;
    private final SchedulingQueue queue;

    NodeChanges(ClusterCache cache, SchedulingQueue queue) {
        this.cache = cache;
        this.queue = queue;
    }

    @Override
    public void onAdd(Node node) {
        queue.move(cache.node(node));
    }

    @Override
    public void onUpdate(Node old, Node node) {
        queue.move(cache.node(node));
    }

    @Override
    public void onDelete(Node node, boolean isStateUnknown) {
        queue.move(cache.removeNode(node.getMetadata().getName()));
    }
}
