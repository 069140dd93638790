package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An informer whose server went away, and came back with no memory of what the informer saw last.
class RelistTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private final Time time = Time.system();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @TempDir
    Path scratch;

    private final HostAddress host = new HostAddress("localhost", "192.0.2.1");
    private final AtomicReference<ApiServer> serving = new AtomicReference<>();
    private final AtomicBoolean isOpen = new AtomicBoolean(true);
    private ClusterRecord cluster;
    private Certificates certificates;

    @Test
    void anInformerListsAnewAndMissesNothing() throws Exception {
        Logging.off();
        cluster = new ClusterRecord(
                ClusterId.random(new Random(1)),
                "relist",
                "10.244.0.0/16",
                "10.96.0.0/16",
                "30000-32767",
                port(),
                0,
                0);
        certificates =
                Certificates.of(new ClusterKeys(scratch.resolve("pki"), time.now(), new SecureRandom()), cluster, host);
        var config = Config.fromKubeconfig(Kubeconfig.text(
                cluster.name(),
                "https://127.0.0.1:" + cluster.apiPort(),
                certificates.authority(),
                certificates.admin()));
        config.setWatchReconnectInterval(100);
        try (EmbeddedStore store = Stores.inMemory(time);
                var client = new KubernetesClientBuilder().withConfig(config).build()) {
            ApiServer first = server(store);
            serving.set(first);
            send(first, "POST", MAPS, "{\"metadata\":{\"name\":\"old\"}}");
            try (HttpServer gate = gate();
                    var informer = client.configMaps().inNamespace("default").runnableInformer(0)) {
                gate.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.apiPort()),
                        new HttpServer.Tls(
                                () -> Certificates.tls(certificates.server()), List.of(certificates.authority())));
                informer.start();
                await().atMost(PATIENCE).until(() -> informer.getStore().list().size() == 1 && informer.isWatching());
                asked.clear();
                isOpen.set(false);
                first.close();
                try (ApiServer meanwhile = server(store)) {
                    send(meanwhile, "DELETE", MAPS + "/old", "");
                    send(meanwhile, "POST", MAPS, "{\"metadata\":{\"name\":\"new\"}}");
                }
                store.compact(store.revision());
                try (ApiServer second = server(store)) {
                    serving.set(second);
                    isOpen.set(true);
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(informer.getStore().list())
                                    .extracting(map -> map.getMetadata().getName())
                                    .containsExactly("new"));
                    await().atMost(PATIENCE).until(informer::isWatching);
                }
                assertThat(asked).contains("list 200");
            }
        }
    }

    private ApiServer server(EmbeddedStore store) {
        return ApiServers.make(store, cluster, host, certificates, ApiSettings.DEFAULT, time, new SecureRandom());
    }

    private HttpServer gate() throws IOException {
        HttpServer.Limits limits = HttpServer.Limits.DEFAULT.withGrace(Duration.ofMillis(50));
        var https = new HttpServer(
                "relist",
                request -> {
                    await().atMost(PATIENCE).until(isOpen::get);
                    Response answer = serving.get().handle(request);
                    if (request.path().equals(MAPS)) {
                        String verb = request.query().first("watch").isPresent() ? "watch" : "list";
                        asked.add(verb + " " + said(answer));
                    }
                    return answer;
                },
                time,
                limits);
        return https;
    }

    /// The status; 0 of an upgrade.
    private static int said(Response answer) throws IOException, InterruptedException {
        return switch (answer) {
            case Response.Full full -> full.status();
            case Response.Stream stream -> stream.status();
            default -> 0;
        };
    }

    private static void send(ApiServer server, String method, String target, String body)
            throws IOException, InterruptedException {
        Request request = Request.local(
                        method,
                        target,
                        Headers.of("Content-Type", "application/json"),
                        body.getBytes(StandardCharsets.UTF_8))
                .with(UserInfo.class, UserInfo.of("admin", UserInfo.MASTERS));
        assertThat(server.handle(request))
                .isInstanceOfSatisfying(
                        Response.Full.class,
                        answer -> assertThat(answer.status()).isBetween(200, 201));
    }

    private static int port() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
