package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchSocketTest {

    @Test
    void eachEventIsOneTextMessage() throws Exception {
        Response events = new Response.Stream(200, Headers.EMPTY, out -> {
            out.write("{\"type\":\"ADDED\"}\n{\"type\":".getBytes(StandardCharsets.UTF_8));
            out.flush();
            out.write("\"DELETED\"}\n".getBytes(StandardCharsets.UTF_8));
        });
        try (var server = new HttpServer("watch", request -> WatchSocket.of(request, events, Encodings.JSON));
                var dialer = HttpDialer.tcp("127.0.0.1", listen(server));
                var opened = dialer.webSocket("/", Headers.EMPTY, List.of())) {
            var first = opened.socket().receive().orElseThrow();
            var second = opened.socket().receive().orElseThrow();

            assertThat(first.isText()).isTrue();
            assertThat(new String(first.payload(), StandardCharsets.UTF_8)).isEqualTo("{\"type\":\"ADDED\"}\n");
            assertThat(new String(second.payload(), StandardCharsets.UTF_8)).isEqualTo("{\"type\":\"DELETED\"}\n");
            assertThat(opened.socket().receive()).isEmpty();
        }
    }

    @Test
    void eventsThatStandBehindTheirLengthAreBinaryMessagesWithoutIt() throws IOException {
        var messages = new ArrayList<byte[]>();
        var out = new FrameOutput(messages::add);

        for (byte each : new byte[] {0, 0, 0, 3, 1, 2}) {
            out.write(each);
        }
        out.write(new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0, 0});

        assertThat(messages).containsExactly(new byte[] {1, 2, 3}, new byte[0], new byte[] {9});
    }

    @Test
    void theOneSubprotocolOfferedIsNamedAndTwoAreRefused() throws Exception {
        Response events = new Response.Stream(200, Headers.EMPTY, out -> {});
        try (var server = new HttpServer("watch", request -> WatchSocket.of(request, events, Encodings.JSON));
                var dialer = HttpDialer.tcp("127.0.0.1", listen(server));
                var opened = dialer.webSocket("/", Headers.EMPTY, List.of("base64.binary.k8s.io"))) {
            assertThat(opened.socket().subprotocol()).contains("base64.binary.k8s.io");
            assertThat(WatchSocket.of(asking("a, b"), events, Encodings.JSON).status())
                    .isEqualTo(400);
        }
    }

    private static Request asking(String protocols) {
        return Request.local(
                "GET",
                "/",
                Headers.of("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Protocol", protocols),
                new byte[0]);
    }

    @Test
    void aQuietWatchEndsWhenTheClientCloses() throws Exception {
        var ended = new CountDownLatch(1);
        Response quiet = new Response.Stream(200, Headers.EMPTY, out -> {
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.countDown();
            }
        });
        try (var server = new HttpServer("watch", request -> WatchSocket.of(request, quiet, Encodings.JSON));
                var dialer = HttpDialer.tcp("127.0.0.1", listen(server))) {
            dialer.webSocket("/", Headers.EMPTY, List.of()).close();

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoAsksForNoWebSocketGetsTheStream() {
        Response events = new Response.Stream(200, Headers.EMPTY, out -> {});

        assertThat(WatchSocket.of(Request.local("GET", "/", Headers.EMPTY, new byte[0]), events, Encodings.JSON))
                .isSameAs(events);
    }

    private static int listen(HttpServer server) throws IOException {
        return server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
}
