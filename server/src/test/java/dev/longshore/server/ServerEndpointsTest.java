package dev.longshore.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.client.Clients;
import dev.longshore.store.Key;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerEndpointsTest {

    private final ManualTime time = new ManualTime();

    @Test
    void whatAnotherProgramWroteDoesNotKeepServersFromBeingFound() {
        try (var api = new RealApi();
                Store store = Stores.inMemory(time);
                var client = Clients.inProcess(api.server, RealApi.ADMIN)) {
            put(store, "10.0.0.9", "k8s\0 of kube-apiserver");
            put(store, "10.0.0.8", "{\"address\":\"\",\"port\":\"x\"}");
            put(store, "10.0.0.2:6443", "{\"address\":\"10.0.0.2\",\"port\":6443}");
            var self = new ApiEndpoints.Server("10.0.0.1", 6443);

            try (var endpoints = new ServerEndpoints(store, client, self, time)) {
                endpoints.start();

                assertThat(addresses(client)).containsExactly("10.0.0.1", "10.0.0.2");
            }
            assertThat(addresses(client)).containsExactly("10.0.0.2");
        }
    }

    private static List<String> addresses(io.fabric8.kubernetes.client.KubernetesClient client) {
        return client.endpoints().inNamespace("default").withName("kubernetes").get().getSubsets().stream()
                .flatMap(subset -> subset.getAddresses().stream())
                .map(EndpointAddress::getIp)
                .toList();
    }

    private static void put(Store store, String server, String value) {
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("/registry/masterleases/" + server), value.getBytes(UTF_8))));
    }
}
