package dev.longshore.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsTest {

    private static final HttpDialer.Tls ANYONE = new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty());

    private final TestAuthority serverAuthority;
    private final TestAuthority clientAuthority;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final AtomicReference<TlsIdentity> tls = new AtomicReference<>();
    private HttpServer server;
    private int port;

    TlsTest() throws Exception {
        serverAuthority = new TestAuthority("servers");
        clientAuthority = new TestAuthority("clients");
    }

    @BeforeEach
    void start() throws Exception {
        tls.set(serverAuthority.server());
        server = new HttpServer(
                "test",
                this::handle,
                Time.system(),
                HttpServer.Limits.DEFAULT.withGrace(java.time.Duration.ofMillis(100)));
        port = server.listen(Loopback.anyPort(), new HttpServer.Tls(tls::get, List.of(clientAuthority.certificate)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void knowsTheClientByItsCertificate() throws Exception {
        var alice = clientAuthority.issue("alice").tls();

        assertThat(get(new HttpDialer.Tls(List.of(serverAuthority.certificate), Optional.of(alice), Optional.empty())))
                .isEqualTo("CN=alice");
    }

    @Test
    void letsClientsWithoutCertificateIn() throws Exception {
        assertThat(get(ANYONE)).isEqualTo("nobody");
    }

    @Test
    void failsTheHandshakeOfACertificateItDoesNotTrust() throws Exception {
        // Same name of the authority, other key: the client does show it, and it does not verify.
        var mallory = new TestAuthority("clients").issue("mallory").tls();
        var stranger = new HttpDialer.Tls(List.of(), Optional.of(mallory), Optional.empty());

        assertThatThrownBy(() -> get(stranger)).isInstanceOf(IOException.class);
    }

    @Test
    void clientsRefuseServersOfOtherNamesOrAuthorities() throws Exception {
        assertThatThrownBy(() -> get(trusting(serverAuthority, "elsewhere.example")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(trusting(clientAuthority, "localhost"))).isInstanceOf(IOException.class);
        assertThat(get(trusting(serverAuthority, "localhost"))).isEqualTo("nobody");
    }

    @Test
    void takesARenewedCertificateForNewConnections() throws Exception {
        var renewing = new TestAuthority("renewed");
        tls.set(renewing.server());

        assertThat(get(trusting(renewing, "localhost"))).isEqualTo("nobody");
    }

    @Test
    void longBodiesComeWholeBothWays() throws Exception {
        byte[] much = new byte[3_000_001];
        new java.util.Random(4).nextBytes(much);

        try (var dialer = dialer(ANYONE);
                var answer = dialer.exchange(
                        Loopback.upload("PUT", "/echo", new java.io.ByteArrayInputStream(much)),
                        Duration.ofSeconds(20))) {
            assertThat(answer.body().readAllBytes()).isEqualTo(much);
        }
    }

    @Test
    void whoeverHasNothingToShowSaysSo() throws Exception {
        tls.set(null);
        try (var bare = new HttpServer("bare", this::handle)) {
            int barePort = bare.listen(
                    Loopback.anyPort(),
                    new HttpServer.Tls(
                            () -> Optional.ofNullable(tls.get())
                                    .orElseThrow(() -> new IllegalStateException("nothing to show yet")),
                            List.of()));

            assertThatThrownBy(() -> asked(HttpDialer.tls("localhost", barePort, ANYONE)))
                    .hasMessageContaining("Received fatal alert: internal_error");
            tls.set(serverAuthority.server());
            assertThat(asked(HttpDialer.tls("localhost", barePort, ANYONE))).isEqualTo("nobody");
        }
    }

    @Test
    void aRenewedClientCertificateIsShownByTheNextRequestAndNotByAKeptConnection() throws Exception {
        var shown = new AtomicReference<>(clientAuthority.issue("alice").tls());
        var client = TlsClient.of(List.of(serverAuthority.certificate), shown::get);
        try (var dialer = HttpDialer.tls("localhost", port, client)) {
            assertThat(asked(dialer)).isEqualTo("CN=alice");

            shown.set(clientAuthority.issue("alice-renewed").tls());

            assertThat(asked(dialer)).isEqualTo("CN=alice-renewed");
        }
    }

    private static String asked(HttpDialer dialer) throws IOException {
        return dialer.exchange(HttpDialer.Call.of("GET", "/", Headers.EMPTY), Duration.ofSeconds(10))
                .text();
    }

    @Test
    void speaksHttp2ToThoseWhoCan() throws Exception {
        try (HttpClient client = client()) {
            byte[] much = new byte[2_000_000];
            new java.util.Random(3).nextBytes(much);

            HttpResponse<byte[]> echoed = client.send(
                    HttpRequest.newBuilder(uri("/echo"))
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(much))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            HttpResponse<String> full =
                    client.send(HttpRequest.newBuilder(uri("/")).build(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> head =
                    client.send(HttpRequest.newBuilder(uri("/")).HEAD().build(), HttpResponse.BodyHandlers.ofString());

            assertThat(echoed.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(echoed.body()).isEqualTo(much);
            assertThat(full.body()).isEqualTo("nobody");
            assertThat(head.headers().firstValueAsLong("content-length")).hasValue(6);
        }
    }

    @Test
    void servesManyHttp2StreamsAtOnce() throws Exception {
        try (HttpClient client = client()) {
            var answers = java.util.stream.IntStream.range(0, 100)
                    .mapToObj(i -> client.sendAsync(
                            HttpRequest.newBuilder(uri("/path" + i)).build(), HttpResponse.BodyHandlers.ofString()))
                    .toList();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void interruptsTheHandlerOfAResetHttp2Stream() throws Exception {
        try (HttpClient client = client()) {
            HttpResponse<InputStream> watch = client.send(
                    HttpRequest.newBuilder(uri("/watch")).build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(watch.body().readNBytes(6)).asString(UTF_8).isEqualTo("event\n");
            watch.body().close();

            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void upgradesOverTls() throws Exception {
        try (var dialer = dialer(ANYONE);
                var raw = dialer.upgrade(Loopback.upgrade("/raw", "tcp"))) {
            raw.out().write("ping".getBytes(UTF_8));
            assertThat(raw.in().readNBytes(4)).asString(UTF_8).isEqualTo("ping");
        }
    }

    private Response handle(Request request) throws IOException {
        return switch (request.path()) {
            case "/echo" ->
                new Response.Stream(200, Headers.EMPTY, out -> request.body().transferTo(out));
            case "/watch" ->
                new Response.Stream(200, Headers.EMPTY, out -> {
                    out.write("event\n".getBytes(UTF_8));
                    out.flush();
                    try {
                        Thread.currentThread().join();
                    } catch (InterruptedException gone) {
                        interrupted.countDown();
                        throw gone;
                    }
                });
            case "/raw" ->
                new Response.Hijack(
                        101, Headers.of("Upgrade", "tcp", "Connection", "Upgrade"), (in, out) -> in.transferTo(out));
            default ->
                Response.text(
                        200,
                        request.peer().certificates().stream()
                                .findFirst()
                                .map(c -> c.getSubjectX500Principal().getName())
                                .orElse("nobody"));
        };
    }

    private String get(HttpDialer.Tls client) throws IOException {
        try (var dialer = dialer(client);
                var response = dialer.exchange(Loopback.call("GET", "/"), Duration.ofSeconds(20))) {
            return new String(response.body().readNBytes(1000), UTF_8);
        }
    }

    private static HttpDialer.Tls trusting(TestAuthority authority, String name) {
        return new HttpDialer.Tls(List.of(authority.certificate), Optional.empty(), Optional.of(name));
    }

    private HttpDialer dialer(HttpDialer.Tls client) {
        return HttpDialer.tls("127.0.0.1", port, client);
    }

    private HttpClient client() {
        return HttpClient.newBuilder()
                .sslContext(TlsContexts.of(Optional.empty(), List.of(serverAuthority.certificate)))
                .build();
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + port + path);
    }
}
