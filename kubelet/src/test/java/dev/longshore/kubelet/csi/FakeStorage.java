package dev.longshore.kubelet.csi;

import dev.longshore.kubelet.cluster.NodeApi;
import dev.longshore.kubelet.cluster.StorageApi;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// What the cluster knows of storage drivers, in memory.
final class FakeStorage implements StorageApi, NodeApi {
    volatile CSIDriver rules = Serialization.unmarshal("spec: {attachRequired: false}", CSIDriver.class);
    CSINode csi = new CSINodeBuilder()
            .withNewMetadata()
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();
    ObjectNode patch;

    @Override
    public Optional<CSIDriver> driver(String name) {
        return Optional.of(rules);
    }

    @Override
    public Optional<VolumeAttachment> attachment(String name) {
        throw new AssertionError("it is not to be attached");
    }

    @Override
    public void changeNode(UnaryOperator<CSINode> change) {
        csi = change.apply(csi);
    }

    @Override
    public Optional<Node> get(String name) {
        return Optional.of(
                new NodeBuilder().withNewMetadata().withName(name).endMetadata().build());
    }

    @Override
    public Optional<Node> create(Node node) {
        throw new AssertionError("it is there");
    }

    @Override
    public Node patch(String name, ObjectNode wanted) {
        patch = wanted;
        return new Node();
    }

    @Override
    public Node patchStatus(String name, ObjectNode status) {
        throw new AssertionError("not its business");
    }

    @Override
    public Lease renew(Lease lease) {
        throw new AssertionError("not its business");
    }
}
