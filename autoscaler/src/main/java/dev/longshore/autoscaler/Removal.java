package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/// A node that could go.
///
/// @param moved pods that would be evicted
record Removal(Node node, List<Pod> moved) {

    Removal {
        moved = List.copyOf(moved);
    }

    String name() {
        return NodeTraits.name(node);
    }

    boolean isEmpty() {
        return moved.isEmpty();
    }
}
