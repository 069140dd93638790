package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.IdentityOptions;
import dev.longshore.server.identity.Identities;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fabric8 informer, over real TLS, whose watch breaks off: it resumes where the server remembers enough, and lists
/// anew where it does not; either way it misses nothing.
class RelistTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    /// More than the server remembers of one resource.
    private static final int LARGE_WRITES = 12;

    private final Time time = Time.system();
    private final HostAddress host = new HostAddress("localhost", "192.0.2.1");
    private final EmbeddedStore store = Stores.inMemory(time);

    @TempDir
    Path scratch;

    private ClusterRecord cluster;
    private Certificates certificates;
    private Gate gate;
    private ApiServer server;
    private KubernetesClient client;
    private SharedIndexInformer<ConfigMap> informer;

    /// The informer knows of two objects, one from its list and one from its watch.
    @BeforeEach
    void follow() throws Exception {
        Logging.off();
        cluster = new ClusterRecord(
                ClusterId.random(new Random(1)),
                "relist",
                "10.244.0.0/16",
                "10.96.0.0/16",
                "30000-32767",
                FreePort.any(),
                0,
                0);
        certificates = new Certificates(
                new ClusterKeys(scratch.resolve("pki"), time, Terms.USUAL, new SecureRandom()), cluster, host, time);
        gate = new Gate(MAPS, certificates, cluster.apiPort());
        server = server();
        gate.open(server);
        send("POST", MAPS, "{\"metadata\":{\"name\":\"listed\"}}");
        var config = Config.fromKubeconfig(Kubeconfig.text(
                cluster.name(),
                "https://127.0.0.1:" + cluster.apiPort(),
                certificates.authority(),
                certificates.admin()));
        config.setWatchReconnectInterval(100);
        client = new KubernetesClientBuilder().withConfig(config).build();
        informer = client.configMaps().inNamespace("default").runnableInformer(0);
        informer.start();
        await().atMost(PATIENCE).until(informer::isWatching);
        send("POST", MAPS, "{\"metadata\":{\"name\":\"told\"}}");
        awaitKnown("listed", "told");
        gate.forget();
    }

    @AfterEach
    void close() {
        informer.close();
        client.close();
        gate.close();
        server.close();
        store.close();
    }

    @Test
    void whenTheHistoryIsGoneItIsTold410ByTheSameServerAndListsAnew() throws Exception {
        gate.shut();
        changeMeanwhile();
        forget();
        gate.open(server);

        awaitKnown("new", "told");
        await().atMost(PATIENCE).until(informer::isWatching);
        assertThat(gate.asked()).startsWith("watch", "list").endsWith("watch");
        assertThat(gate.errors()).singleElement().asString().contains("\"code\":410", "\"reason\":\"Expired\"");
        send("POST", MAPS, "{\"metadata\":{\"name\":\"newest\"}}");
        awaitKnown("new", "newest", "told");
    }

    @Test
    void whenTheServerEndsTheWatchInOrderItResumesWithoutAList() throws Exception {
        gate.pause();
        server.close();
        server = server();
        changeMeanwhile();
        gate.open(server);

        awaitKnown("new", "told");
        assertThat(gate.asked()).containsOnly("watch");
        assertThat(gate.errors()).isEmpty();
    }

    @Test
    void whenAnotherServerKnowsNothingOfTheHistoryItListsAnew() throws Exception {
        gate.pause();
        server.close();
        server = server();
        changeMeanwhile();
        server.close();
        store.compact(store.revision());
        server = server();
        gate.open(server);

        awaitKnown("new", "told");
        assertThat(gate.asked()).contains("list");
        assertThat(gate.errors()).singleElement().asString().contains("\"code\":410");
    }

    private void changeMeanwhile() throws IOException, InterruptedException {
        send("DELETE", MAPS + "/listed", "");
        send("POST", MAPS, "{\"metadata\":{\"name\":\"new\"}}");
    }

    /// The watch cache moves on, and the store is compacted.
    private void forget() throws IOException, InterruptedException {
        String path = "/api/v1/namespaces/kube-public/configmaps";
        send("POST", path, "{\"metadata\":{\"name\":\"large\"}}");
        String data = "x".repeat(900_000);
        for (int i = 0; i < LARGE_WRITES; i++) {
            send("PUT", path + "/large", "{\"metadata\":{\"name\":\"large\"},\"data\":{\"a\":\"" + i + data + "\"}}");
        }
        store.compact(store.revision());
    }

    private void awaitKnown(String... names) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(informer.getStore().list())
                        .extracting(map -> map.getMetadata().getName())
                        .containsExactlyInAnyOrder(names));
    }

    private ApiServer server() throws IOException {
        var identities = new Identities(
                IdentityOptions.DEFAULT, certificates.tokenKeys(), () -> List.of(certificates.authority()), time);
        return ApiServers.make(
                store,
                cluster,
                host,
                certificates,
                identities,
                ApiSettings.DEFAULT,
                MetricsApis.NONE,
                RealApi.beside(Optional.empty()),
                time,
                new SecureRandom());
    }

    private void send(String method, String target, String body) throws IOException, InterruptedException {
        Request request = Request.local(
                        method,
                        target,
                        Headers.of("Content-Type", "application/json"),
                        body.getBytes(StandardCharsets.UTF_8))
                .with(UserInfo.class, UserInfo.of("admin", UserInfo.MASTERS));
        assertThat(server.handle(request))
                .isInstanceOfSatisfying(
                        Response.Full.class,
                        answer -> assertThat(answer.status())
                                .as(new String(answer.body(), StandardCharsets.UTF_8))
                                .isBetween(200, 201));
    }
}
