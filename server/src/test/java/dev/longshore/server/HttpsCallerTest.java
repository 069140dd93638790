package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.apiserver.HttpsCaller;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.OutboundHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls of a server that leads elsewhere; it is another one under another name.
class HttpsCallerTest {

    private final TlsIdentity identity = SelfSigned.of("CN=elsewhere");
    private final HttpServer server = new HttpServer("elsewhere", this::answer);
    private final OutboundHttp caller =
            new HttpsCaller(new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty()), Time.system());
    private int port;

    @BeforeEach
    void listen() throws IOException {
        port = server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpServer.Tls(() -> identity, List.of()));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Response answer(Request request) {
        return switch (request.path()) {
            case "/near" -> moved("/shown");
            case "/far" -> moved("https://127.0.0.1:" + port + "/shown");
            case "/nowhere" -> moved("https://[");
            case "/plain" -> moved("http://localhost:" + port + "/shown");
            default ->
                Response.text(200, request.headers().first("Authorization").orElse("nothing"));
        };
    }

    private static Response moved(String to) {
        return new Response.Full(302, Headers.of("Location", to), new byte[0]);
    }

    private String get(String path) throws IOException {
        URI url = URI.create("https://localhost:" + port + path);
        var answer =
                caller.send("GET", url, Map.of("Authorization", "Bearer sesame"), new byte[0], Duration.ofSeconds(30));
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void credentialsAreShownToTheHostTheyAreFor() throws IOException {
        assertThat(get("/near")).isEqualTo("Bearer sesame");
        assertThat(get("/far")).isEqualTo("nothing");
    }

    @Test
    void nothingIsFollowedButHttps() {
        assertThatThrownBy(() -> get("/plain")).hasMessageEndingWith("is no URL of https");
        assertThatThrownBy(() -> get("/nowhere")).hasMessageContaining("leads to what is no URL");
    }
}
