package dev.longshore.server;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Objects;

/// Says where the Service `kubernetes` leads: to this API server.
final class ApiEndpoints {

    private static final String NAME = "kubernetes";
    private static final String NAMESPACE = "default";
    private static final String PORT = "https";
    private static final String LOOPBACK = "127.";

    private ApiEndpoints() {}

    /// Writes Endpoints and EndpointSlice for `address`:`port`, when they are not so already. A machine that has
    /// no address but loopback has none that pods could use, and the API refuses such endpoints: it gets none.
    static void publish(KubernetesClient client, String address, int port) {
        if (address.startsWith(LOOPBACK)) {
            return;
        }
        Endpoints endpoints = new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels("endpointslice.kubernetes.io/skip-mirror", "true")
                .endMetadata()
                .addNewSubset()
                .addNewAddress()
                .withIp(address)
                .endAddress()
                .addNewPort()
                .withName(PORT)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .endSubset()
                .build();
        Resource<Endpoints> stored = client.resource(endpoints);
        Endpoints before = stored.get();
        if (before == null) {
            stored.create();
        } else if (!Objects.equals(before.getSubsets(), endpoints.getSubsets())) {
            client.resource(new EndpointsBuilder(before)
                            .withSubsets(endpoints.getSubsets())
                            .build())
                    .update();
        }
        publishSlice(client, address, port);
    }

    private static void publishSlice(KubernetesClient client, String address, int port) {
        EndpointSlice slice = new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels("kubernetes.io/service-name", NAME)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses(address)
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .addNewPort()
                .withName(PORT)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .build();
        Resource<EndpointSlice> stored = client.resource(slice);
        EndpointSlice before = stored.get();
        if (before == null) {
            stored.create();
        } else if (!Objects.equals(before.getEndpoints(), slice.getEndpoints())
                || !Objects.equals(before.getPorts(), slice.getPorts())) {
            client.resource(new EndpointSliceBuilder(before)
                            .withEndpoints(slice.getEndpoints())
                            .withPorts(slice.getPorts())
                            .build())
                    .update();
        }
    }
}
