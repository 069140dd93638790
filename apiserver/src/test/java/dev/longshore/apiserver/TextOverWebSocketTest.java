package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextOverWebSocketTest {

    @Test
    void tellsEachPieceInTheWayThatTheClientTakes() throws Exception {
        try (var server = new HttpServer(
                "logs",
                request -> new Response.WebSocketUpgrade(
                        WebSocket.choose(request, TextOverWebSocket.PROTOCOLS), new TextOverWebSocket(out -> {
                            out.write("one\n".getBytes(StandardCharsets.UTF_8));
                            out.write("two\n".getBytes(StandardCharsets.UTF_8));
                        })))) {
            int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

            assertThat(messages(port, List.of("binary.k8s.io"))).containsExactly("", "one\n", "two\n");
            assertThat(messages(port, List.of())).containsExactly("", "one\n", "two\n");
            assertThat(messages(port, List.of("base64.binary.k8s.io"))).containsExactly("", "b25lCg==", "dHdvCg==");
        }
    }

    private static List<String> messages(int port, List<String> protocols) throws Exception {
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var opened = dialer.webSocket("/log", Headers.EMPTY, protocols)) {
            var all = new ArrayList<String>();
            for (var next = opened.socket().receive();
                    next.isPresent();
                    next = opened.socket().receive()) {
                all.add(new String(next.get().payload(), StandardCharsets.UTF_8));
            }
            return all;
        }
    }
}
