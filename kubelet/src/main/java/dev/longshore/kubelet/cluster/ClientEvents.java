package dev.longshore.kubelet.cluster;

import dev.longshore.base.Json;
import dev.longshore.client.Patches;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import tools.jackson.databind.node.ObjectNode;

/// Events over a client.
public final class ClientEvents implements EventSink {

    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    /// Over `client`.
    public ClientEvents(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void create(Event event) {
        client.v1()
                .events()
                .inNamespace(event.getMetadata().getNamespace())
                .resource(event)
                .create();
    }

    @Override
    public void repeat(Event event) {
        ObjectNode patch = Json.object();
        patch.put("count", event.getCount())
                .put("lastTimestamp", event.getLastTimestamp())
                .put("message", event.getMessage());
        try {
            Patches.strategicMerge(
                    client,
                    "/api/v1/namespaces/%s/events/%s"
                            .formatted(
                                    event.getMetadata().getNamespace(),
                                    event.getMetadata().getName()),
                    patch);
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != NOT_FOUND) {
                throw refused;
            }
            create(event);
        }
    }
}
