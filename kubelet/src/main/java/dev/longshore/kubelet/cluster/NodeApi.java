package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// This node's own objects. Thread-safe; blocks.
public interface NodeApi {

    /// The Node, if it is registered.
    Optional<Node> get(String name);

    /// Registers it; empty when somebody else just did.
    Optional<Node> create(Node node);

    /// Merges `patch` into metadata and spec.
    Node patch(String name, ObjectNode patch);

    /// Merges `status` into the status.
    Node patchStatus(String name, ObjectNode status);

    /// Creates the heartbeat in `kube-node-lease`, or writes it anew.
    Lease renew(Lease lease);
}
