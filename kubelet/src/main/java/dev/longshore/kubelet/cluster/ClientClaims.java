package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/// [ClaimApi] over the API server.
public final class ClientClaims implements ClaimApi {

    private final KubernetesClient client;
    private final String node;

    /// Of the node called `node`.
    public ClientClaims(KubernetesClient client, String node) {
        this.client = client;
        this.node = node;
    }

    @Override
    public Optional<ResourceClaim> claim(String namespace, String name) {
        return Optional.ofNullable(client.resources(ResourceClaim.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public void withdraw(String driver) {
        var mine = client.resources(ResourceSlice.class).withField("spec.nodeName", node);
        (driver.isEmpty() ? mine : mine.withField("spec.driver", driver)).delete();
    }
}
