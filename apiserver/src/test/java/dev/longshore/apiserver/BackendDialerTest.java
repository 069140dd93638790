package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsClient;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.ConnectTarget.Trust;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client, a front that leads everything on, and a back end, over real sockets.
class BackendDialerTest {

    private final HttpServer backend = new HttpServer("backend", BackendDialerTest::answer);
    private HttpServer front;
    private HttpDialer client;

    @BeforeEach
    void listen() throws IOException {
        int backendPort = backend.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var dialer = new BackendDialer(TlsClient.of(new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty())));
        front = new HttpServer(
                "front",
                request -> dialer.connect(
                        new ConnectTarget(
                                "http",
                                "127.0.0.1",
                                backendPort,
                                "/there" + request.path(),
                                Map.of("a", List.of("b c")),
                                Trust.WORKLOAD),
                        request));
        client = HttpDialer.tcp("127.0.0.1", front.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    @AfterEach
    void close() {
        client.close();
        front.close();
        backend.close();
    }

    @Test
    void requestsAndAnswersAreLedThrough() throws IOException {
        var call = HttpDialer.Call.of(
                "POST", "/echo?x=y", Headers.of("X-Kept", "yes"), "hello".getBytes(StandardCharsets.UTF_8));

        var answer = client.exchange(call, Duration.ofSeconds(5));

        assertThat(answer.status()).isEqualTo(203);
        assertThat(answer.headers().first("X-Answer")).contains("yes");
        assertThat(answer.text()).isEqualTo("POST /there/echo?a=b+c hello");
    }

    @Test
    void whatIsStreamedArrivesAtOnce() throws IOException {
        try (var answer = client.exchange(HttpDialer.Call.of("GET", "/stream", Headers.EMPTY), Duration.ofSeconds(5))) {
            // The back end waits until the client has gone: only what is passed on at once can be read.
            assertThat(answer.body().readNBytes(6)).isEqualTo("line 1".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void anUpgradedConnectionCarriesBytesBothWaysAndEndsHalfByHalf() throws IOException {
        var headers = Headers.of("Connection", "Upgrade", "Upgrade", "shout", "X-Kept", "yes");
        try (var upgraded = client.upgrade(HttpDialer.Call.of("GET", "/shout", headers))) {
            assertThat(upgraded.status()).isEqualTo(101);
            assertThat(upgraded.headers().first("Upgrade")).contains("shout");
            try (OutputStream out = upgraded.out()) {
                out.write("quiet".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(new String(upgraded.in().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("QUIET!");
        }
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryAnswer() throws IOException {
        var headers = Headers.of("Connection", "Upgrade", "Upgrade", "other");
        try (var refused = client.upgrade(HttpDialer.Call.of("GET", "/shout", headers))) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(new String(refused.in().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("no");
        }
    }

    private static Response answer(Request request) throws IOException {
        String path = request.path();
        if (path.equals("/there/echo")) {
            String body = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
            String text = request.method() + " " + request.rawTarget() + " " + body;
            return new Response.Full(
                    203,
                    Headers.of("X-Answer", request.headers().first("X-Kept").orElse("no")),
                    text.getBytes(StandardCharsets.UTF_8));
        }
        if (path.equals("/there/stream")) {
            return new Response.Stream(200, Headers.EMPTY, out -> {
                out.write("line 1".getBytes(StandardCharsets.UTF_8));
                out.flush();
                untilGone(out);
            });
        }
        if (!request.headers().hasToken("Upgrade", "shout")) {
            return Response.text(400, "no");
        }
        return new Response.Hijack(101, Headers.of("Connection", "Upgrade", "Upgrade", "shout"), (in, out) -> {
            String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            out.write((said.toUpperCase(java.util.Locale.ROOT) + "!").getBytes(StandardCharsets.UTF_8));
            out.flush();
        });
    }

    private static void untilGone(OutputStream out) {
        byte[] filling = new byte[64 << 10];
        try {
            while (true) {
                out.write(filling);
                out.flush();
            }
        } catch (IOException gone) {
            return;
        }
    }
}
