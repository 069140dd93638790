package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private HttpServer server;
    private int port;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void answersAndKeepsTheConnection() throws IOException {
        serve(request -> Response.text(
                200,
                request.method() + " " + request.path() + " "
                        + request.query().first("q").orElse("")
                        + new String(request.body().readAllBytes(), StandardCharsets.UTF_8)));
        try (var dialer = HttpDialer.tcp("127.0.0.1", port)) {
            for (int i = 0; i < 3; i++) {
                try (var answer = dialer.exchange(
                        HttpDialer.Call.of(
                                "POST", "/a%20b?q=1", Headers.EMPTY, "body".getBytes(StandardCharsets.UTF_8)),
                        LIMIT)) {
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.text()).isEqualTo("POST /a b 1body");
                }
            }
        }
    }

    @Test
    void streamsBothWaysWithoutKnowingLengths() throws IOException {
        serve(request ->
                new Response.Stream(200, Headers.EMPTY, out -> request.body().transferTo(out)));
        byte[] large = new byte[3 << 20];
        new java.util.Random(1).nextBytes(large);
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var answer = dialer.exchange(
                        new HttpDialer.Call("POST", "/", Headers.EMPTY, new ByteArrayInputStream(large), -1), LIMIT)) {
            assertThat(answer.body().readAllBytes()).isEqualTo(large);
        }
    }

    @Test
    void aStreamArrivesWhenItIsFlushed() throws IOException {
        var goOn = new CountDownLatch(1);
        serve(request -> new Response.Stream(200, Headers.EMPTY, out -> {
            out.write("first".getBytes(StandardCharsets.UTF_8));
            out.flush();
            goOn.await(10, TimeUnit.SECONDS);
        }));
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var answer = dialer.exchange(HttpDialer.Call.of("GET", "/", Headers.EMPTY), LIMIT)) {
            assertThat(answer.body().readNBytes(5)).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
            goOn.countDown();
        }
    }

    @Test
    void aClientThatLeavesInterruptsTheStream() throws IOException {
        var wasInterrupted = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        serve(request -> new Response.Stream(200, Headers.EMPTY, out -> {
            begun.countDown();
            try {
                Thread.sleep(LIMIT);
            } catch (InterruptedException left) {
                wasInterrupted.set(true);
                throw left;
            }
        }));
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> begun.getCount() == 0);
        }
        await().untilTrue(wasInterrupted);
    }

    @Test
    void theJdksClientUnderstandsIt() throws Exception {
        serve(request -> Response.json(201, "{}".getBytes(StandardCharsets.UTF_8)));
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/x"))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        }
    }

    @Test
    void aBrokenHandlerIsA500WithoutDetail() throws IOException {
        serve(request -> {
            throw new IllegalStateException("secret");
        });
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var answer = dialer.exchange(HttpDialer.Call.of("GET", "/", Headers.EMPTY), LIMIT)) {
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).doesNotContain("secret");
        }
    }

    @Test
    void malformedRequestsAreRefused() throws IOException {
        serve(request -> Response.text(200, "ok"));

        assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(raw("GET / HTTP/1.1\r\nX: " + "a".repeat(70_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        serve(request -> Response.text(200, request.path() + "\n"));

        assertThat(raw("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .contains("/a\n", "/b\n");
    }

    @Test
    void aBodyIsAskedForWhenTheClientWaits() throws IOException {
        serve(request -> Response.text(200, new String(request.body().readAllBytes(), StandardCharsets.UTF_8)));
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] go = socket.getInputStream().readNBytes(25);
            assertThat(new String(go, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            socket.getOutputStream().write("hi".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(15);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void aUnixSocketIsItsOwnersOnly(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("s.sock");
        server = new HttpServer(
                "test", request -> Response.text(200, request.peer().address()));
        server.listen(socket);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        try (var dialer = HttpDialer.unix(socket);
                var answer = dialer.exchange(HttpDialer.Call.of("GET", "/", Headers.EMPTY), LIMIT)) {
            assertThat(answer.text()).isEqualTo("unix");
        }
        server.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void tlsTellsWhoTheClientIs() throws IOException {
        var authority = TestKeys.authority("ca");
        server = new HttpServer(
                "test",
                request -> Response.text(
                        200,
                        request.peer().certificates().isEmpty()
                                ? "nobody"
                                : request.peer()
                                        .certificates()
                                        .getFirst()
                                        .getSubjectX500Principal()
                                        .getName()));
        TlsIdentity shown = authority.issue("server", "127.0.0.1");
        port = server.listen(loopback(), new HttpServer.Tls(() -> shown, List.of(authority.certificate())));

        assertThat(overTls(authority, java.util.Optional.empty())).isEqualTo("nobody");
        assertThat(overTls(authority, java.util.Optional.of(authority.issue("alice", "alice"))))
                .isEqualTo("CN=alice");
        var stranger = TestKeys.authority("other").issue("mallory", "mallory");
        assertThat(overTls(authority, java.util.Optional.of(stranger)))
                .as("a client whose authority is unknown shows nothing")
                .isEqualTo("nobody");
    }

    @Test
    void aTakenPortIsRefused() throws IOException {
        serve(request -> Response.text(200, "ok"));
        try (var second = new HttpServer("second", request -> Response.text(200, "ok"))) {
            assertThatThrownBy(() -> second.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                    .isInstanceOf(java.net.BindException.class);
        }
    }

    @Test
    void rawBytesFlowBothWaysAfterAHijack() throws IOException {
        serve(request -> new Response.Hijack(101, Headers.of("Upgrade", "tcp", "Connection", "Upgrade"), (in, out) -> {
            in.transferTo(out);
            out.close();
        }));
        try (var dialer = HttpDialer.tcp("127.0.0.1", port);
                var upgraded = dialer.upgrade(
                        HttpDialer.Call.of("POST", "/", Headers.of("Upgrade", "tcp", "Connection", "Upgrade")))) {
            assertThat(upgraded.isUpgraded()).isTrue();
            upgraded.out().write("ping".getBytes(StandardCharsets.UTF_8));
            upgraded.out().close();
            assertThat(new String(upgraded.in().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("ping");
        }
    }

    private String overTls(TestKeys.Authority authority, java.util.Optional<TlsIdentity> identity) throws IOException {
        var tls = new HttpDialer.Tls(List.of(authority.certificate()), identity, java.util.Optional.empty());
        try (var dialer = HttpDialer.tls("127.0.0.1", port, tls);
                var answer = dialer.exchange(HttpDialer.Call.of("GET", "/", Headers.EMPTY), LIMIT)) {
            return answer.text();
        }
    }

    private String raw(String text) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void serve(Handler handler) throws IOException {
        server = new HttpServer("test", handler);
        port = server.listen(loopback());
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
