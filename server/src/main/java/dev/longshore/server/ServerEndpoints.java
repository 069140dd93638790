package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
        } catch (StoreException | KubernetesClientException refused) {
            log.warn("where the API servers are could not be said: {}", refused.getMessage());
        } catch (RuntimeException bug) {
            log.error("where the API servers are could not be said", bug);
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
                .flatMap(entry -> server(entry).stream())
                .toList();
        ApiEndpoints.publish(client, servers);
    }

    /// What another program wrote there does not keep the others from being found.
    private static Optional<ApiEndpoints.Server> server(KeyValue entry) {
        try {
            JsonNode tree = Json.parse(entry.value());
            String address = tree.path("address").asString("");
            int port = tree.path("port").asInt(0);
            return address.isEmpty() || port <= 0
                    ? Optional.empty()
                    : Optional.of(new ApiEndpoints.Server(address, port));
        } catch (Json.MalformedException foreign) {
            log.debug("{} is no address of an API server", entry.key());
            return Optional.empty();
        }
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
            } catch (StoreException | KubernetesClientException refused) {
                log.warn("that this API server ends could not be said: {}", refused.getMessage());
            }
        }
    }
}
