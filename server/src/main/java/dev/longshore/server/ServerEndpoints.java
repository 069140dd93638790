package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Keeps the Service `kubernetes` leading to all API servers that live. Each says so under a key that hangs on a lease
/// of the store (as kube-apiserver's lease reconciler has it): of a dead one it is gone after 15 seconds, and the
/// others see that when they look next.
final class ServerEndpoints implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServerEndpoints.class);

    private static final Key PREFIX = Key.of("/registry/masterleases/");
    private static final Duration TTL = Duration.ofSeconds(15);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(15);

    private final Store store;
    private final KubernetesClient client;
    private final ApiEndpoints.Server self;
    private final Time time;
    private final Key key;
    private Thread thread = Thread.ofVirtual().unstarted(() -> {});
    /// 0 while there is none.
    private long lease;

    ServerEndpoints(Store store, KubernetesClient client, ApiEndpoints.Server self, Time time) {
        this.store = store;
        this.client = client;
        this.self = self;
        this.time = time;
        this.key = Key.of(PREFIX + self.address() + ":" + self.port());
    }

    /// Says it once, then goes on.
    void start() {
        attempt();
        thread = Thread.ofVirtual().name("endpoints").start(() -> {
            try {
                while (true) {
                    time.sleep(PERIOD);
                    attempt();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void attempt() {
        try {
            renew();
            publish();
        } catch (StoreException | KubernetesClientException | Json.MalformedException refused) {
            log.warn("where the API servers are could not be said: {}", refused.getMessage());
        }
    }

    private void renew() {
        if (lease != 0 && isAlive()) {
            return;
        }
        long fresh = store.grant(0, TTL).id();
        byte[] json = Json.bytes(Json.object().put("address", self.address()).put("port", self.port()));
        store.commit(Txn.of(new Txn.Operation.Put(key, json, fresh, false)));
        lease = fresh;
    }

    private boolean isAlive() {
        try {
            store.keepAlive(lease);
            return true;
        } catch (StoreException refused) {
            if (refused.fault() instanceof StoreFault.LeaseNotFound) {
                return false;
            }
            throw refused;
        }
    }

    private void publish() {
        List<ApiEndpoints.Server> servers = store.range(RangeQuery.of(KeyRange.prefix(PREFIX))).entries().stream()
                .map(entry -> server(Json.parse(entry.value())))
                .toList();
        ApiEndpoints.publish(client, servers);
    }

    private static ApiEndpoints.Server server(JsonNode tree) {
        return new ApiEndpoints.Server(
                tree.path("address").asString(), tree.path("port").asInt());
    }

    /// The others need not wait until it is missed.
    @Override
    public void close() {
        thread.interrupt();
        try {
            if (!thread.join(END_LIMIT)) {
                return;
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return;
        }
        if (lease != 0) {
            try {
                store.revoke(lease);
                publish();
            } catch (StoreException | KubernetesClientException | Json.MalformedException refused) {
                log.warn("that this API server ends could not be said: {}", refused.getMessage());
            }
        }
    }
}
