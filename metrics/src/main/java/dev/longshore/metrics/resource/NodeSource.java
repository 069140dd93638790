package dev.longshore.metrics.resource;

import io.fabric8.kubernetes.api.model.Node;
import java.io.IOException;
import java.util.Set;

/// Asks nodes what they use. Thread-safe; blocks for a limited time, or until the caller is interrupted. Callers
/// have a virtual thread of their own for each question.
public interface NodeSource extends AutoCloseable {

    /// What the kubelet of `node` tells at `/metrics/resource`.
    ///
    /// @throws IOException when it does not answer, or with something else
    String resourceMetrics(Node node) throws IOException;

    /// Only these nodes, by name, will be asked again.
    default void retain(Set<String> nodes) {}

    @Override
    default void close() {}
}
