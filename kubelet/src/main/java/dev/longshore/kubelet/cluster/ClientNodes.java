package dev.longshore.kubelet.cluster;

import dev.longshore.base.Json;
import dev.longshore.client.Patches;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The node's objects over a client.
public final class ClientNodes implements NodeApi {

    private static final int CONFLICT = 409;

    private final KubernetesClient client;

    /// Over `client`, which should act as `system:node:NAME`.
    public ClientNodes(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<Node> get(String name) {
        return Optional.ofNullable(client.nodes().withName(name).get());
    }

    @Override
    public Optional<Node> create(Node node) {
        try {
            return Optional.of(client.nodes().resource(node).create());
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == CONFLICT) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    @Override
    public Node patch(String name, ObjectNode patch) {
        return Serialization.unmarshal(Patches.strategicMerge(client, "/api/v1/nodes/" + name, patch), Node.class);
    }

    @Override
    public Node patchStatus(String name, ObjectNode status) {
        ObjectNode patch = Json.object();
        patch.set("status", status);
        return Serialization.unmarshal(
                Patches.strategicMerge(client, "/api/v1/nodes/%s/status".formatted(name), patch), Node.class);
    }

    @Override
    public Lease renew(Lease lease) {
        var leases = client.leases().inNamespace(lease.getMetadata().getNamespace());
        if (lease.getMetadata().getResourceVersion() == null) {
            Lease existing = leases.withName(lease.getMetadata().getName()).get();
            if (existing == null) {
                return leases.resource(lease).create();
            }
            lease.getMetadata().setResourceVersion(existing.getMetadata().getResourceVersion());
        }
        return leases.resource(lease).update();
    }
}
