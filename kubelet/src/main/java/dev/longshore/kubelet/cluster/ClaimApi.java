package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.Optional;

/// Claims of devices, and what is offered to them. Thread-safe; blocks.
public interface ClaimApi {

    /// One claim.
    Optional<ResourceClaim> claim(String namespace, String name);

    /// Deletes what `driver` offers on this node; empty for what all drivers do.
    void withdraw(String driver);
}
