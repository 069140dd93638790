package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A conversion webhook over TLS, which converts as a test says.
final class ConversionHook implements AutoCloseable {

    /// How often it was asked.
    final AtomicInteger asked = new AtomicInteger();

    private final CertificateAuthority authority =
            CertificateAuthority.create("hooks", Instant.now(), Duration.ofDays(10), new SecureRandom());
    private final BiConsumer<ObjectNode, String> converter;
    private final HttpServer server;
    private final int port;

    /// @param converter changes an object, given the apiVersion that is wanted
    ConversionHook(BiConsumer<ObjectNode, String> converter) throws IOException {
        this.converter = converter;
        Identity identity = authority.issue(
                CertificateRequest.server("hook", List.of("localhost", "127.0.0.1")),
                Instant.now(),
                Duration.ofDays(1));
        server = new HttpServer("hook", this::answer);
        port = server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpServer.Tls(() -> new TlsIdentity(identity.key(), identity.chain()), List.of()));
    }

    private Response answer(Request request) throws IOException {
        asked.incrementAndGet();
        var review = (ObjectNode) Json.parse(request.body().readAllBytes());
        String wanted = review.path("request").path("desiredAPIVersion").asString();
        ObjectNode answer = Json.object()
                .put("kind", "ConversionReview")
                .put("apiVersion", review.path("apiVersion").asString());
        ObjectNode response = answer.putObject("response")
                .put("uid", review.path("request").path("uid").asString());
        response.putObject("result").put("status", "Success");
        ArrayNode converted = response.putArray("convertedObjects");
        review.path("request").path("objects").forEach(object -> {
            var copy = (ObjectNode) object.deepCopy();
            copy.put("apiVersion", wanted);
            converter.accept(copy, wanted);
            converted.add(copy);
        });
        return new Response.Full(200, Headers.of("Content-Type", "application/json"), Json.bytes(answer));
    }

    /// As `spec.conversion` of a definition, in one line of YAML.
    String conversion() {
        String bundle = Base64.getEncoder()
                .encodeToString(Pem.of(authority.identity().chain()).getBytes(StandardCharsets.UTF_8));
        return "{strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url:"
                + " \"https://localhost:" + port + "/convert\", caBundle: " + bundle + "}}}";
    }

    @Override
    public void close() {
        server.close();
    }
}
