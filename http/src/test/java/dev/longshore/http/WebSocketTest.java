package dev.longshore.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebSocketTest {

    /// Sends back every message until the peer closes.
    private static final Handler ECHO = request ->
            new Response.WebSocketUpgrade(WebSocket.choose(request, List.of("v5.channel.k8s.io")), socket -> {
                for (var message = socket.receive(); message.isPresent(); message = socket.receive()) {
                    if (message.get().isText()) {
                        socket.sendText(new String(message.get().payload(), UTF_8));
                    } else {
                        socket.sendBinary(message.get().payload());
                    }
                }
            });

    @Test
    void exchangesMessagesOfAllSizes() throws Exception {
        try (var loop = new Loopback(ECHO)) {
            WebSocket socket = loop.dialer
                    .webSocket("/exec", Headers.EMPTY, List.of("other", "v5.channel.k8s.io"))
                    .socket();
            assertThat(socket.subprotocol()).contains("v5.channel.k8s.io");

            for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
                byte[] payload = new byte[size];
                new java.util.Random(size).nextBytes(payload);
                socket.sendBinary(payload);
                socket.ping();
                assertThat(socket.receive().orElseThrow().payload()).isEqualTo(payload);
            }
            socket.sendText("grüße");
            assertThat(socket.receive().orElseThrow()).satisfies(message -> {
                assertThat(message.isText()).isTrue();
                assertThat(message.payload()).asString(UTF_8).isEqualTo("grüße");
            });
            socket.close(1000, "enough");

            assertThat(socket.receive()).isEmpty();
        }
    }

    @Test
    void understandsTheWebSocketOfTheJdk() throws Exception {
        var received = new LinkedBlockingQueue<String>();
        var closed = new CompletableFuture<Integer>();
        var listener = new java.net.http.WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public CompletionStage<?> onText(java.net.http.WebSocket socket, CharSequence part, boolean isLast) {
                text.append(part);
                if (isLast) {
                    received.add(text.toString());
                    text.setLength(0);
                }
                socket.request(1);
                return null;
            }

            @Override
            public CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
                closed.complete(code);
                return null;
            }
        };
        try (var loop = new Loopback(ECHO);
                HttpClient client = HttpClient.newHttpClient()) {
            var socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + loop.port + "/"), listener)
                    .get(30, TimeUnit.SECONDS);
            socket.sendText("in ", false).get();
            socket.sendPing(ByteBuffer.allocate(4)).get();
            socket.sendText("fragments", true).get();
            assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("in fragments");
            socket.sendClose(1000, "done").get();

            assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
        }
    }

    @Test
    void closesInOrderWhenTheSessionReturnsAndWithAnErrorWhenItThrows() throws Exception {
        try (var loop = new Loopback(request -> new Response.WebSocketUpgrade(Optional.empty(), socket -> {
            socket.sendText("bye");
            if (request.path().equals("/throws")) {
                throw new IOException("on purpose");
            }
        }))) {
            for (String path : List.of("/returns", "/throws")) {
                WebSocket socket =
                        loop.dialer.webSocket(path, Headers.EMPTY, List.of()).socket();
                assertThat(socket.receive()).isPresent();
                assertThat(socket.receive()).isEmpty();
            }
        }
    }

    @Test
    void refusesRequestsThatAreNoHandshake() throws Exception {
        try (var loop = new Loopback(ECHO)) {
            assertThat(loop.get("/")).startsWith("400");
        }
    }

    @Test
    void tellsTheClientWhyItWasRefused() throws Exception {
        try (var loop = new Loopback(request -> Response.text(403, "not you"))) {
            assertThatThrownBy(() -> loop.dialer.webSocket("/", Headers.EMPTY, List.of()))
                    .isInstanceOfSatisfying(WebSocketRefusedException.class, refused -> {
                        assertThat(refused.status()).isEqualTo(403);
                        assertThat(refused.body()).asString(UTF_8).isEqualTo("not you");
                    });
        }
    }

    @Test
    void breaksWhenAMessageIsTooBig() throws Exception {
        try (var loop = new Loopback(ECHO)) {
            WebSocket socket =
                    loop.dialer.webSocket("/", Headers.EMPTY, List.of()).socket();

            assertThatThrownBy(() -> {
                        socket.sendBinary(new byte[17 * 1024 * 1024]);
                        if (socket.receive().isEmpty()) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }
}
