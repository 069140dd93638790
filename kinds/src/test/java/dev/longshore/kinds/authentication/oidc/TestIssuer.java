package dev.longshore.kinds.authentication.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.model.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// An issuer in this process, with the way to it.
final class TestIssuer implements OutboundHttp {

    static final String URL = "https://issuer.example";

    private static final RSAKey RSA = rsa("rsa");

    final List<JWK> keys = new ArrayList<>(List.of(RSA));
    final List<String> asked = new ArrayList<>();
    final Map<String, Answer> pages = new HashMap<>();
    final Map<String, String> lastHeaders = new HashMap<>();
    String called = URL;
    boolean isSilent;
    private final ManualTime time;

    TestIssuer(ManualTime time) {
        this.time = time;
    }

    static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (com.nimbusds.jose.JOSEException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static ECKey curve(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (com.nimbusds.jose.JOSEException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public Answer send(String method, URI url, Map<String, String> headers, byte[] body, Duration limit)
            throws IOException {
        asked.add(url.getPath());
        if (isSilent) {
            throw new IOException("connection refused");
        }
        lastHeaders.clear();
        lastHeaders.putAll(headers);
        Answer page = pages.get(url.toString());
        if (page != null) {
            return page;
        }
        return switch (url.getPath()) {
            case "/.well-known/openid-configuration", "/elsewhere" ->
                answer("{\"issuer\":\"" + called + "\",\"jwks_uri\":\"" + URL + "/keys\"}");
            case "/keys" -> answer(new JWKSet(keys).toString());
            default -> new Answer(404, new byte[0]);
        };
    }

    static Answer answer(String text) {
        return new Answer(200, text.getBytes(UTF_8));
    }

    /// Claims of `alice`, for `api`, good for an hour.
    ObjectNode claims() {
        long now = time.now().getEpochSecond();
        return Json.object()
                .put("iss", URL)
                .put("sub", "alice")
                .put("aud", "api")
                .put("iat", now)
                .put("exp", now + 3600);
    }

    String token(ObjectNode claims) {
        return token(JWSAlgorithm.RS256, RSA, claims);
    }

    static String token(JWSAlgorithm algorithm, JWK key, ObjectNode claims) {
        try {
            var token = new JWSObject(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), new Payload(Json.bytes(claims)));
            token.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key));
            return token.serialize();
        } catch (com.nimbusds.jose.JOSEException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
