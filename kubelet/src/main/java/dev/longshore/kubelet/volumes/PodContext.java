package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;

/// A pod and what the node knows about it.
///
/// @param podAddresses the primary first; empty before it has any
/// @param hostAddresses the node's, the primary first
/// @param allocatable of the node: what limits mean that are not set
public record PodContext(
        Pod pod, List<String> podAddresses, List<String> hostAddresses, Map<String, Quantity> allocatable) {

    public PodContext {
        podAddresses = List.copyOf(podAddresses);
        hostAddresses = List.copyOf(hostAddresses);
        allocatable = Map.copyOf(allocatable);
    }

    /// The pod's uid.
    public String uid() {
        return pod.getMetadata().getUid();
    }

    /// The pod's namespace.
    public String namespace() {
        return pod.getMetadata().getNamespace();
    }
}
