package dev.longshore.kinds.authentication.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.model.OutboundHttp;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/// The keys of one issuer: where they are is read from its description, once; they themselves whenever a token comes
/// that no known key fits, so that the issuer can change them. However many such tokens come, the issuer is asked once
/// a second at most. Thread-safe.
final class IssuerKeys {

    private static final String DESCRIPTION = "/.well-known/openid-configuration";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int OK = 200;

    private final String issuer;
    private final String discoveryUrl;
    private final OutboundHttp http;
    private final Time time;
    private final Object lock = new Object();
    private volatile String keysUrl = "";
    private volatile List<JWK> keys = List.of();
    private CompletableFuture<List<JWK>> running;
    private long lastAsked;
    private boolean wasAsked;

    /// @param issuer its URL
    /// @param discoveryUrl where it describes itself; below its own URL if empty
    IssuerKeys(String issuer, String discoveryUrl, OutboundHttp http, Time time) {
        this.issuer = issuer;
        this.discoveryUrl = discoveryUrl;
        this.http = http;
        this.time = time;
    }

    /// True once the description has been read.
    boolean isReady() {
        return !keysUrl.isEmpty();
    }

    /// Reads the description.
    ///
    /// @throws IOException when it cannot be read, or is another's
    void discover() throws IOException {
        String below = issuer.replaceFirst("/$", "") + DESCRIPTION;
        JsonNode told = get(discoveryUrl.isEmpty() ? below : discoveryUrl);
        String itself = told.path("issuer").asString("");
        if (!itself.equals(issuer)) {
            throw new IOException("oidc: issuer did not match the issuer returned by provider, expected \"" + issuer
                    + "\" got \"" + itself + "\"");
        }
        String url = told.path("jwks_uri").asString("");
        if (url.isEmpty()) {
            throw new IOException("provider did not return JWKS URL");
        }
        keysUrl = url;
    }

    /// Whether the issuer has signed `token`. Asks it for its keys if none that is known fits.
    ///
    /// @throws IOException when it does not answer
    boolean hasSigned(SignedJWT token) throws IOException {
        List<JWK> known = keys;
        if (isSignedBy(known, token)) {
            return true;
        }
        List<JWK> fresh = renewed(known);
        return fresh != known && isSignedBy(fresh, token);
    }

    private static boolean isSignedBy(List<JWK> keys, SignedJWT token) {
        String named = token.getHeader().getKeyID();
        return keys.stream()
                .filter(key -> named == null || named.isEmpty() || named.equals(key.getKeyID()))
                .anyMatch(key -> isSignedBy(key, token));
    }

    private static boolean isSignedBy(JWK key, SignedJWT token) {
        if (!(key instanceof AsymmetricJWK asymmetric)) {
            return false;
        }
        try {
            JWSVerifier verifier =
                    new DefaultJWSVerifierFactory().createJWSVerifier(token.getHeader(), asymmetric.toPublicKey());
            return token.verify(verifier);
        } catch (JOSEException | RuntimeException unfit) {
            // Another kind of key, or a curve that the algorithm is not for.
            return false;
        }
    }

    /// The issuer's keys, other than `known` if they have changed. Whoever comes while somebody asks waits for the
    /// same answer.
    private List<JWK> renewed(List<JWK> known) throws IOException {
        var mine = new CompletableFuture<List<JWK>>();
        CompletableFuture<List<JWK>> others;
        synchronized (lock) {
            if (keys != known) {
                return keys;
            }
            others = running;
            if (others == null) {
                if (wasAsked && time.nanoTime() - lastAsked < PAUSE.toNanos()) {
                    return known;
                }
                wasAsked = true;
                lastAsked = time.nanoTime();
                running = mine;
            }
        }
        return others == null ? ask(mine) : await(others);
    }

    private List<JWK> ask(CompletableFuture<List<JWK>> answer) throws IOException {
        try {
            List<JWK> fresh = JWKSet.parse(new String(Json.bytes(get(keysUrl)), StandardCharsets.UTF_8))
                    .getKeys();
            keys = fresh;
            answer.complete(fresh);
            return fresh;
        } catch (IOException | RuntimeException failed) {
            answer.completeExceptionally(failed);
            throw failed;
        } catch (ParseException malformed) {
            answer.completeExceptionally(malformed);
            throw new IOException("oidc: failed to decode keys: " + malformed.getMessage(), malformed);
        } finally {
            synchronized (lock) {
                running = null;
            }
        }
    }

    private static List<JWK> await(CompletableFuture<List<JWK>> others) throws IOException {
        try {
            return others.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed);
        } catch (TimeoutException late) {
            throw new IOException("the issuer does not answer", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the issuer is asked for its keys");
        }
    }

    private JsonNode get(String url) throws IOException {
        try {
            OutboundHttp.Answer answer =
                    http.send("GET", new URI(url), Map.of("Accept", "application/json"), new byte[0], LIMIT);
            if (answer.status() != OK) {
                throw new IOException(url + " answered " + answer.status());
            }
            return Json.parse(answer.body());
        } catch (URISyntaxException malformed) {
            throw new IOException(url + " is no URL", malformed);
        } catch (Json.MalformedException notJson) {
            throw new IOException(url + " did not answer with JSON: " + notJson.getMessage(), notJson);
        }
    }

    /// Why it is not ready, if it is not.
    Optional<String> flaw() {
        return isReady()
                ? Optional.empty()
                : Optional.of("oidc: authenticator for issuer \"" + issuer + "\" is not initialized");
    }
}
