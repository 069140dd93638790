package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// [StorageApi] over the API server.
public final class ClientStorage implements StorageApi {

    private static final int CONFLICT = 409;
    private static final int MOST_TRIES = 10;
    /// Volumes in the words of their makers that drivers are to be asked for instead.
    private static final String MIGRATED = String.join(
            ",",
            "kubernetes.io/aws-ebs",
            "kubernetes.io/azure-disk",
            "kubernetes.io/azure-file",
            "kubernetes.io/cinder",
            "kubernetes.io/gce-pd",
            "kubernetes.io/portworx-volume",
            "kubernetes.io/vsphere-volume");

    private final KubernetesClient client;
    private final String node;

    /// Of the node called `node`.
    public ClientStorage(KubernetesClient client, String node) {
        this.client = client;
        this.node = node;
    }

    @Override
    public Optional<CSIDriver> driver(String name) {
        return Optional.ofNullable(
                client.storage().v1().csiDrivers().withName(name).get());
    }

    @Override
    public Optional<VolumeAttachment> attachment(String name) {
        return Optional.ofNullable(
                client.storage().v1().volumeAttachments().withName(name).get());
    }

    @Override
    public void changeNode(UnaryOperator<CSINode> change) {
        for (int attempt = 1; ; attempt++) {
            try {
                CSINode present =
                        client.storage().v1().csiNodes().withName(node).get();
                if (present == null) {
                    client.resource(change.apply(fresh())).create();
                    return;
                }
                CSINode changed = change.apply(present);
                if (!changed.equals(present)) {
                    client.resource(changed).update();
                }
                return;
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != CONFLICT || attempt == MOST_TRIES) {
                    throw refused;
                }
            }
        }
    }

    private CSINode fresh() {
        Node owner = client.nodes().withName(node).get();
        var made = new CSINodeBuilder()
                .withNewMetadata()
                .withName(node)
                .addToAnnotations("storage.alpha.kubernetes.io/migrated-plugins", MIGRATED)
                .endMetadata()
                .withNewSpec()
                .endSpec();
        if (owner != null) {
            made.editMetadata()
                    .addNewOwnerReference()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(node)
                    .withUid(owner.getMetadata().getUid())
                    .endOwnerReference()
                    .endMetadata();
        }
        return made.build();
    }
}
