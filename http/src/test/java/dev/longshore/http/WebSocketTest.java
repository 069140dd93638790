package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketTest {

    private HttpServer server;
    private int port;

    @BeforeEach
    void echo() throws IOException {
        server = new HttpServer(
                "echo",
                request -> new Response.WebSocketUpgrade(WebSocket.choose(request, List.of("echo")), socket -> {
                    for (var next = socket.receive(); next.isPresent(); next = socket.receive()) {
                        socket.sendBinary(next.get().payload());
                    }
                }));
        port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void messagesOfEverySizeComeBack() throws IOException, InterruptedException {
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var opened = dialer.webSocket("/", Headers.EMPTY, List.of("other", "echo"))) {
            assertThat(opened.socket().subprotocol()).contains("echo");
            for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1 << 20}) {
                byte[] payload = new byte[size];
                new java.util.Random(size).nextBytes(payload);
                opened.socket().sendBinary(payload);
                assertThat(opened.socket().receive().orElseThrow().payload()).isEqualTo(payload);
            }
            opened.socket().close(1000, "bye");
            assertThat(opened.socket().receive()).isEmpty();
        }
    }

    @Test
    void theJdksClientUnderstandsIt() throws Exception {
        var answer = new CompletableFuture<String>();
        try (var client = HttpClient.newHttpClient()) {
            var socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/"), new java.net.http.WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onBinary(
                                java.net.http.WebSocket from, ByteBuffer data, boolean last) {
                            byte[] bytes = new byte[data.remaining()];
                            data.get(bytes);
                            answer.complete(new String(bytes));
                            return null;
                        }
                    })
                    .get(5, TimeUnit.SECONDS);
            socket.sendText("hel", false).get(5, TimeUnit.SECONDS);
            socket.sendText("lo", true).get(5, TimeUnit.SECONDS);
            assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.abort();
        }
    }

    @Test
    void plainRequestsWithoutAKeyAreRefused() throws IOException {
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var upgraded = dialer.upgrade(HttpDialer.Call.of("GET", "/", Headers.of("Upgrade", "websocket")))) {
            assertThat(upgraded.isUpgraded()).isFalse();
            assertThat(upgraded.status()).isEqualTo(400);
        }
        assertThat(Optional.of(FramedWebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==")))
                .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
