package dev.longshore.server;

import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Says where the Service `kubernetes` leads: to the API servers.
final class ApiEndpoints {

    private static final String NAME = "kubernetes";
    private static final String NAMESPACE = "default";
    private static final String PORT = "https";
    private static final String LOOPBACK = "127.";

    private ApiEndpoints() {}

    /// One API server.
    record Server(String address, int port) implements Comparable<Server> {

        @Override
        public int compareTo(Server other) {
            return Comparator.comparingInt(Server::port)
                    .thenComparing(Server::address)
                    .compare(this, other);
        }
    }

    /// Writes Endpoints and EndpointSlice for `servers`, when they are not so already: one subset for each port, of
    /// which there is one as a rule; the slice is of the first. A machine that has no address but loopback has none
    /// that pods could use, and the API refuses such endpoints: it gets none.
    static void publish(KubernetesClient client, Collection<Server> servers) {
        var byPort = new TreeMap<Integer, List<String>>();
        servers.stream()
                .filter(server -> !server.address.startsWith(LOOPBACK))
                .sorted()
                .distinct()
                .forEach(server -> byPort.computeIfAbsent(server.port, _ -> new ArrayList<>())
                        .add(server.address));
        if (byPort.isEmpty()) {
            return;
        }
        publishEndpoints(client, byPort);
        publishSlice(client, byPort.firstEntry().getValue(), byPort.firstEntry().getKey());
    }

    private static void publishEndpoints(KubernetesClient client, SortedMap<Integer, List<String>> byPort) {
        List<EndpointSubset> subsets = byPort.entrySet().stream()
                .map(each -> subset(each.getKey(), each.getValue()))
                .toList();
        Endpoints endpoints = new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels("endpointslice.kubernetes.io/skip-mirror", "true")
                .endMetadata()
                .withSubsets(subsets)
                .build();
        Resource<Endpoints> stored = client.resource(endpoints);
        Endpoints before = stored.get();
        if (before == null) {
            stored.create();
        } else if (!Objects.equals(before.getSubsets(), subsets)) {
            client.resource(new EndpointsBuilder(before).withSubsets(subsets).build())
                    .update();
        }
    }

    private static EndpointSubset subset(int port, List<String> addresses) {
        return new EndpointSubsetBuilder()
                .withAddresses(addresses.stream()
                        .map(address ->
                                new EndpointAddressBuilder().withIp(address).build())
                        .toList())
                .addNewPort()
                .withName(PORT)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .build();
    }

    private static void publishSlice(KubernetesClient client, List<String> addresses, int port) {
        EndpointSlice slice = new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels("kubernetes.io/service-name", NAME)
                .endMetadata()
                .withAddressType("IPv4")
                .withEndpoints(addresses.stream().map(ApiEndpoints::endpoint).toList())
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

    private static Endpoint endpoint(String address) {
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .build();
    }
}
