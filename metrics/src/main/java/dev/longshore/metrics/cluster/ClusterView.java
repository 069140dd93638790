package dev.longshore.metrics.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/// What pods and nodes there are, as last heard of. Answers at once; what it gives is shared and never changed.
/// Thread-safe.
public interface ClusterView {

    /// Before anything was heard.
    ClusterView EMPTY = new ClusterView() {
        @Override
        public List<Node> nodes() {
            return List.of();
        }

        @Override
        public Optional<Node> node(String name) {
            return Optional.empty();
        }

        @Override
        public List<Pod> pods(String namespace) {
            return List.of();
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return Optional.empty();
        }
    };

    /// All nodes.
    List<Node> nodes();

    /// One node.
    Optional<Node> node(String name);

    /// The pods of a namespace, or all when it is empty.
    List<Pod> pods(String namespace);

    /// One pod.
    Optional<Pod> pod(String namespace, String name);
}
