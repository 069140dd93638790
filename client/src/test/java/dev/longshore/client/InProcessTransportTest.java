package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InProcessTransportTest {

    private static final String MAP = """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"default","name":"%s","resourceVersion":"%d"}}\
            """;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicInteger watches = new AtomicInteger();

    private final Handler server = request -> {
        if (request.query().isSet("watch")) {
            return new Response.Stream(200, json(), out -> {
                watches.incrementAndGet();
                try {
                    while (true) {
                        out.write((events.take() + "\n").getBytes(StandardCharsets.UTF_8));
                        out.flush();
                    }
                } finally {
                    watches.decrementAndGet();
                }
            });
        }
        return switch (request.method() + " " + request.path()) {
            case "GET /api/v1/namespaces/default/configmaps/a" -> full(200, MAP.formatted("a", 7));
            case "GET /api/v1/configmaps" -> full(200, """
                    {"apiVersion":"v1","kind":"ConfigMapList","metadata":{"resourceVersion":"7"},"items":[%s]}""".formatted(MAP.formatted("a", 7)));
            case "POST /api/v1/namespaces/default/configmaps" -> echo(request);
            default -> full(404, """
                    {"kind":"Status","apiVersion":"v1","status":"Failure","message":"none","reason":"NotFound","code":404}""");
        };
    };

    @Test
    void whatIsAskedIsToldWithItsAnswer() {
        try (var client = Clients.inProcess(server, UserInfo.of("me"))) {
            var told = new LinkedBlockingQueue<String>();
            ClientCalls.of(client)
                    .orElseThrow()
                    .tell(
                            (method, host, code, nanos, isWatch) ->
                                    told.add(method + " " + host + " " + code + (isWatch ? " watch" : "")),
                            new ManualTime());

            client.configMaps().inNamespace("default").withName("a").get();
            client.configMaps().inNamespace("default").withName("none").get();
            var watch = client.configMaps().inAnyNamespace().watch(new Silent());
            await().until(() -> told.size() == 3);
            watch.close();

            assertThat(told).containsExactly("GET in-process 200", "GET in-process 404", "GET in-process 200 watch");
        }
    }

    private static final class Silent implements io.fabric8.kubernetes.client.Watcher<ConfigMap> {
        @Override
        public void eventReceived(Action action, ConfigMap resource) {
            // Nobody asks.
        }

        @Override
        public void onClose(io.fabric8.kubernetes.client.WatcherException cause) {
            // Nobody asks.
        }
    }

    @Test
    void objectsAreReadAndWrittenAsTheUser() {
        try (var client = Clients.inProcess(server, UserInfo.of("me"))) {
            assertThat(client.configMaps()
                            .inNamespace("default")
                            .withName("a")
                            .get()
                            .getMetadata()
                            .getResourceVersion())
                    .isEqualTo("7");
            assertThat(client.configMaps().inNamespace("default").withName("b").get())
                    .isNull();
            ConfigMap made = client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace("default")
                            .withName("new")
                            .endMetadata()
                            .addToData("k", "v")
                            .build())
                    .create();
            assertThat(made.getData()).containsEntry("k", "v");
            assertThatThrownBy(() -> client.raw("/nothing", "POST", made))
                    .isInstanceOf(KubernetesClientException.class);
        }
    }

    @Test
    void anInformerHearsWhatHappensAndItsEndReachesTheServer() {
        try (var client = Clients.inProcess(server, UserInfo.of("me"))) {
            var informers = new Informers(client, dev.longshore.base.Time.system());
            var heard = new LinkedBlockingQueue<String>();
            informers.onChange(
                    ConfigMap.class, map -> heard.add(map.getMetadata().getName()));
            informers.start();
            await().until(() -> heard.contains("a"));

            events.add("{\"type\":\"ADDED\",\"object\":" + MAP.formatted("b", 8) + "}");

            await().until(() -> heard.contains("b"));
            assertThat(informers.find(ConfigMap.class, "default/b")).isPresent();
            informers.close();
        }
        await().until(() -> watches.get() == 0);
    }

    @Test
    void closingTheClientEndsWhatItsDerivedTransportsWaitFor() throws Exception {
        var client = Clients.inProcess(server, UserInfo.of("me"));
        client.getHttpClient()
                .newBuilder()
                .build()
                .consumeBytes(
                        client.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri("http://in-process/api/v1/configmaps?watch=1")
                                .build(),
                        (bytes, body) -> body.consume())
                .get();
        await().until(() -> watches.get() == 1);

        client.close();

        await().until(() -> watches.get() == 0);
    }

    private static Response echo(Request request) throws java.io.IOException {
        assertThat(request.attribute(UserInfo.class).orElseThrow().name()).isEqualTo("me");
        return new Response.Full(201, json(), request.body().readAllBytes());
    }

    private static Response full(int status, String body) {
        return new Response.Full(status, json(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Headers json() {
        return Headers.of("Content-Type", "application/json");
    }
}
