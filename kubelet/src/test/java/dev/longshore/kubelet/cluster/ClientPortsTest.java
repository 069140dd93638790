package dev.longshore.kubelet.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes over the wire, against a server that writes it down.
class ClientPortsTest {

    private static final String POD =
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"default\",\"uid\":\"u-%s\",\"resourceVersion\":\"%d\"},\"spec\":{\"nodeName\":\"node-1\"}}";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> watchEvents = new LinkedBlockingQueue<>();
    private final HttpServer server = new HttpServer("api", this::answer);
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + port)
                        .withAutoConfigure(false)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void followsThePodsOfItsNode() throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        var pods = new ClientPods(client, "node-1");
        try (AutoCloseable watch = pods.watch(new PodApi.Listener() {
            @Override
            public void changed(Pod pod) {
                heard.add("changed " + pod.getMetadata().getName());
            }

            @Override
            public void gone(Pod pod) {
                heard.add("gone " + pod.getMetadata().getName());
            }

            @Override
            public void synced() {
                heard.add("synced");
            }
        })) {
            await().until(() -> heard.contains("synced"));
            assertThat(heard.subList(0, heard.indexOf("synced"))).contains("changed a");

            watchEvents.add("{\"type\":\"ADDED\",\"object\":%s}\n".formatted(POD.formatted("b", "b", 6)));
            watchEvents.add("{\"type\":\"DELETED\",\"object\":%s}\n".formatted(POD.formatted("a", "a", 7)));

            await().until(() -> heard.contains("changed b") && heard.contains("gone a"));
            assertThat(requests)
                    .anyMatch(request -> request.startsWith("GET /api/v1/pods?")
                            && request.contains("fieldSelector=spec.nodeName%3Dnode-1"));
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void patchesTheStatusOfExactlyOnePodAndDeletesIt() {
        var pods = new ClientPods(client, "node-1");
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("a")
                .withNamespace("default")
                .withUid("u-a")
                .endMetadata()
                .build();
        var status = Json.object();
        status.put("phase", "Running");

        assertThat(pods.patchStatus(pod, status)).isTrue();
        pods.delete(pod);

        assertThat(requests)
                .containsExactly(
                        "PATCH /api/v1/namespaces/default/pods/a/status application/strategic-merge-patch+json "
                                + "{\"metadata\":{\"uid\":\"u-a\"},\"status\":{\"phase\":\"Running\"}}",
                        "DELETE /api/v1/namespaces/default/pods/a application/json "
                                + "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"gracePeriodSeconds\":0,"
                                + "\"preconditions\":{\"uid\":\"u-a\"}}");
    }

    @Test
    void takesAMissingPodForGone() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("missing")
                .withNamespace("default")
                .withUid("u")
                .endMetadata()
                .build();
        var pods = new ClientPods(client, "node-1");

        assertThat(pods.patchStatus(pod, Json.object())).isFalse();
        pods.delete(pod);
    }

    private Response answer(Request request) throws IOException {
        String body = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        requests.add("%s %s%s%s"
                .formatted(
                        request.method(),
                        request.rawTarget(),
                        request.headers()
                                .first("Content-Type")
                                .map(type -> " " + type)
                                .orElse(""),
                        body.isEmpty() ? "" : " " + body));
        if (request.path().contains("missing")) {
            return Response.json(
                    404,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}"
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (request.query().isSet("watch")) {
            return new Response.WebSocketUpgrade(Optional.empty(), socket -> {
                while (true) {
                    socket.sendText(watchEvents.take());
                }
            });
        }
        String answer = request.path().equals("/api/v1/pods")
                ? "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[%s]}"
                        .formatted(POD.formatted("a", "a", 4))
                : POD.formatted("a", "a", 8);
        return Response.json(200, answer.getBytes(StandardCharsets.UTF_8));
    }
}
