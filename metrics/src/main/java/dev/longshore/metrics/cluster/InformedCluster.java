package dev.longshore.metrics.cluster;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/// What the informers that all parts of this process share have heard.
public final class InformedCluster implements ClusterView {

    private final Informers informers;

    /// Asks `informers` for pods and nodes; make it before they start.
    public InformedCluster(Informers informers) {
        this.informers = informers;
        informers.of(Pod.class);
        informers.of(Node.class);
    }

    @Override
    public List<Node> nodes() {
        return informers.all(Node.class);
    }

    @Override
    public Optional<Node> node(String name) {
        return informers.find(Node.class, name);
    }

    @Override
    public List<Pod> pods(String namespace) {
        return namespace.isEmpty() ? informers.all(Pod.class) : informers.in(Pod.class, namespace);
    }

    @Override
    public Optional<Pod> pod(String namespace, String name) {
        return informers.find(Pod.class, namespace + "/" + name);
    }
}
