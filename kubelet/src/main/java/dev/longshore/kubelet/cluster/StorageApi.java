package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What the cluster knows of storage drivers. Thread-safe; blocks.
public interface StorageApi {

    /// How pods are to use the driver `name`.
    Optional<CSIDriver> driver(String name);

    /// That a volume is attached to a node, or is to be.
    Optional<VolumeAttachment> attachment(String name);

    /// Makes what is known of the node's drivers what `change` says; it is given what there is, or a new one.
    void changeNode(UnaryOperator<CSINode> change);
}
