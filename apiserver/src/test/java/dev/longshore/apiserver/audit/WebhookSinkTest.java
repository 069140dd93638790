package dev.longshore.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.relay.KubeconfigServer;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class WebhookSinkTest {

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final AuditTally tally = new AuditTally();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>(100);
    private final AtomicInteger failures = new AtomicInteger();
    private final HttpServer server = new HttpServer("webhook", this::answer);
    private WebhookSink sink;

    @BeforeEach
    void listen() throws IOException {
        int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Path config = Files.writeString(directory.resolve("webhook.yaml"), """
                apiVersion: v1
                kind: Config
                current-context: audit
                clusters: [{name: there, cluster: {server: "http://127.0.0.1:%d/events?x=y"}}]
                users: [{name: us, user: {token: secret}}]
                contexts: [{name: audit, context: {cluster: there, user: us}}]
                """.formatted(port));
        sink = new WebhookSink(KubeconfigServer.read(config), Duration.ofSeconds(10), tally, time, new Random(1));
    }

    @AfterEach
    void close() {
        sink.close();
        server.close();
    }

    private Response answer(Request request) throws IOException {
        String body = new String(request.body().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        asked.add(request.method() + " " + request.rawTarget() + " "
                + request.headers().first("Authorization").orElse("") + " " + body);
        return failures.getAndDecrement() > 0 ? Response.text(503, "later") : Response.text(200, "");
    }

    @Test
    void eventsArePostedAsAListWithOurCredentials() {
        assertThat(sink.take(List.of(Events.named("a"), Events.large("b", 3)))).isTrue();

        String request = asked.remove();
        assertThat(request).startsWith("POST /events?x=y Bearer secret {\"kind\":\"EventList\"");
        JsonNode list = Json.parse(request.substring(request.indexOf('{')));
        assertThat(list.path("apiVersion").asString()).isEqualTo("audit.k8s.io/v1");
        assertThat(list.path("items")
                        .valueStream()
                        .map(each -> each.path("auditID").asString()))
                .containsExactly("a", "b");
        assertThat(list.at("/items/1/requestObject/x").asString()).isEqualTo("yyy");
        assertThat(list.at("/items/0").has("kind")).isFalse();
    }

    @Test
    void whatFailsIsTriedAgainLater() throws InterruptedException {
        failures.set(2);
        var isTaken = new AtomicBoolean();
        Thread sending = Thread.ofVirtual().start(() -> isTaken.set(sink.take(List.of(Events.named("a")))));

        repeatedAfter(Duration.ofSeconds(12));
        repeatedAfter(Duration.ofSeconds(18));
        sending.join();

        assertThat(isTaken).isTrue();
        assertThat(asked).hasSize(1);
        assertThat(tally.errors()).isEmpty();
    }

    private void repeatedAfter(Duration most) throws InterruptedException {
        assertThat(asked.poll(30, TimeUnit.SECONDS)).isNotNull();
        await().until(() -> time.timers() > 0);
        time.advance(most);
    }

    @Test
    void afterFiveTriesEventsAreLost() throws InterruptedException {
        failures.set(100);
        Thread sending = Thread.ofVirtual().start(() -> sink.take(List.of(Events.named("a"))));
        // Never so long that the pause after it would be over, too.
        for (int most : List.of(12, 18, 27, 41)) {
            repeatedAfter(Duration.ofSeconds(most));
        }
        sending.join();

        assertThat(asked).hasSize(1);
        assertThat(tally.errors()).isEqualTo(Map.of("webhook", 1L));
    }

    @Test
    void whoStopsWaitsForNobodyButTriesOnceMore() throws InterruptedException {
        failures.set(1);
        Thread sending = Thread.ofVirtual().start(() -> sink.take(List.of(Events.named("a"))));
        assertThat(asked.poll(30, TimeUnit.SECONDS)).isNotNull();

        sink.stopWaiting();
        sending.join();

        assertThat(asked).hasSize(1);
        assertThat(tally.errors()).isEmpty();
    }
}
