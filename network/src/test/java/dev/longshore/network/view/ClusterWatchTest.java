package dev.longshore.network.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against a few lines of HTTP that list and watch as an API server does.
class ClusterWatchTest {

    private static final String SERVICES = "/api/v1/services";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    private static final String POLICIES = "/apis/networking.k8s.io/v1/networkpolicies";
    private static final String NAMESPACES = "/api/v1/namespaces";
    private static final String SERVICE = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default","resourceVersion":"%s"},
             "spec":{"clusterIP":"%s","clusterIPs":["%2$s"],"ports":[{"port":80,"protocol":"TCP","nodePort":30080}],
                     "sessionAffinity":"ClientIP","externalTrafficPolicy":"Local"}}
            """;
    private static final String SLICE = """
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
             "metadata":{"name":"web-1","namespace":"default","resourceVersion":"2",
                         "labels":{"kubernetes.io/service-name":"web"}},
             "ports":[{"name":"","port":8080,"protocol":"TCP"}],
             "endpoints":[{"addresses":["10.244.0.2"],"conditions":{"ready":true},"nodeName":"n1"},
                          {"addresses":["10.244.0.3"],"conditions":{"ready":false,"serving":true,"terminating":true}}]}
            """;

    private final Map<String, String> lists = new ConcurrentHashMap<>();
    private final BlockingQueue<String> serviceEvents = new LinkedBlockingQueue<>();
    private final AtomicInteger changes = new AtomicInteger();
    private HttpServer server;
    private KubernetesClient client;
    private ClusterWatch watch;

    @BeforeEach
    void start() throws IOException {
        lists.put(SERVICES, list("v1", "ServiceList", SERVICE.formatted("1", "10.96.0.5")));
        lists.put(POLICIES, list("networking.k8s.io/v1", "NetworkPolicyList", ""));
        lists.put(SLICES, list("discovery.k8s.io/v1", "EndpointSliceList", SLICE));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withWatchReconnectInterval(50)
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
        watch = new ClusterWatch(client);
        watch.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        watch.close();
        client.close();
        server.stop(0);
    }

    private static String list(String version, String kind, String items) {
        return """
               {"apiVersion":"%s","kind":"%s","metadata":{"resourceVersion":"5"},"items":[%s]}
               """.formatted(version, kind, items);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String list = lists.get(path);
        if (list == null || exchange.getRequestHeaders().containsKey("Sec-WebSocket-Key")) {
            // To an upgrade, 200 says that there are no WebSockets: the client then watches by a plain request.
            exchange.sendResponseHeaders(list == null ? 503 : 200, -1);
            exchange.close();
        } else if (query.contains("watch=true")) {
            watch(exchange, path);
        } else {
            byte[] body = list.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private void watch(HttpExchange exchange, String path) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.flush();
            while (path.equals(SERVICES)) {
                out.write((serviceEvents.take().replace("\n", "") + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
            Thread.sleep(60_000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String event(String type, String object) {
        return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
    }

    @Test
    void knowsNothingUntilEveryListIsIn() {
        watch.start();

        await().until(() -> changes.get() >= 2);
        assertThat(watch.view()).isEmpty();

        lists.put(NAMESPACES, list("v1", "NamespaceList", """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default","resourceVersion":"1"}}
                """));
        await().untilAsserted(() -> assertThat(watch.view()).isPresent());
        ClusterView view = watch.view().orElseThrow();
        assertThat(view.namespaces()).containsOnlyKeys("default");
        assertThat(view.slicesOf(new ObjectName("default", "web")))
                .singleElement()
                .satisfies(slice -> assertThat(slice.endpoints())
                        .extracting(SliceView.Endpoint::ready)
                        .containsExactly(true, false));
        assertThat(view.services().values()).singleElement().satisfies(service -> {
            assertThat(service.addresses()).containsExactly("10.96.0.5");
            assertThat(service.ports()).containsExactly(new ServiceView.Port("", "tcp", 80, 30_080));
            assertThat(service.externalLocal()).isTrue();
            assertThat(service.internalLocal()).isFalse();
            assertThat(service.affinity())
                    .hasValueSatisfying(span -> assertThat(span).hasSeconds(10_800));
        });
    }

    @Test
    void followsChanges() {
        lists.put(NAMESPACES, list("v1", "NamespaceList", ""));
        watch.start();
        await().untilAsserted(() -> assertThat(watch.view()).isPresent());

        serviceEvents.add(event("MODIFIED", SERVICE.formatted("6", "10.96.0.6")));
        await().untilAsserted(() -> assertThat(addresses()).isEqualTo(List.of("10.96.0.6")));

        serviceEvents.add(event("DELETED", SERVICE.formatted("7", "10.96.0.6")));
        await().untilAsserted(() -> assertThat(addresses()).isEmpty());
    }

    private List<String> addresses() {
        return watch.view().orElseThrow().services().values().stream()
                .flatMap(service -> service.addresses().stream())
                .toList();
    }
}
