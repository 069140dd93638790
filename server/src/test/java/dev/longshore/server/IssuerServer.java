package dev.longshore.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// An OpenID issuer, over TLS.
final class IssuerServer implements AutoCloseable {

    private final TlsIdentity identity = SelfSigned.of("CN=issuer");
    private final HttpServer server = new HttpServer("issuer", this::answer);
    private final List<ECKey> keys = new CopyOnWriteArrayList<>();
    private final int port;

    IssuerServer() throws IOException {
        changeKey();
        port = server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpServer.Tls(() -> identity, List.of()));
    }

    String url() {
        return "https://localhost:" + port;
    }

    /// Who vouches for it.
    String authority() {
        return Pem.of(identity.chain());
    }

    void changeKey() {
        try {
            keys.addFirst(
                    new ECKeyGenerator(Curve.P_256).keyID("key-" + keys.size()).generate());
        } catch (JOSEException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// A token of `subject` for `longshore`, with further claims.
    String token(String subject, UnaryOperator<ObjectNode> more) {
        long now = System.currentTimeMillis() / 1000;
        ObjectNode claims = Json.object()
                .put("iss", url())
                .put("sub", subject)
                .put("aud", "longshore")
                .put("exp", now + 600);
        try {
            ECKey key = keys.getFirst();
            var token = new JWSObject(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .build(),
                    new Payload(Json.bytes(more.apply(claims))));
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Response answer(Request request) {
        return switch (request.path()) {
            case "/.well-known/openid-configuration" ->
                json("{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/moved\"}");
            case "/moved" -> new Response.Full(302, Headers.of("Location", "/keys"), new byte[0]);
            case "/keys" -> {
                ObjectNode set = Json.object();
                var list = set.putArray("keys");
                keys.forEach(key -> list.add(Json.parse(key.toPublicJWK().toJSONString())));
                yield json(set.toString());
            }
            case "/groups" ->
                request.headers().first("Authorization").equals(Optional.of("Bearer sesame"))
                        ? Response.text(200, token("groups", claims -> {
                            claims.putArray("groups").add("far");
                            return claims;
                        }))
                        : Response.text(401, "Unauthorized");
            default -> Response.text(404, "no such page");
        };
    }

    private static Response json(String text) {
        return new Response.Full(
                200, Headers.of("Content-Type", "application/json"), text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.close();
    }
}
