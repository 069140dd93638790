package dev.longshore.kinds.authentication.oidc;

import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.kinds.authentication.UntrustedToken;
import dev.longshore.model.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fetches the claim of groups when a token leaves it to somebody else: the token names an endpoint, the
/// endpoint answers with a token of its own, and that must hold like the first, whoever has made it. Only the
/// claim of groups is asked for, and only of what answers over TLS to whom vouches for the first issuer, so
/// that nothing but a verified token sends us anywhere. Thread-safe.
final class DistributedGroups {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final int LONGEST = 1024 * 1024;
    private static final int MOST_ISSUERS = 16;

    private final String claim;
    private final TrustedIssuer trusted;
    private final IssuerKeys own;
    private final TokenChecks checks;
    private final OutboundHttp http;
    private final Time time;
    private final Map<String, Issuer> issuers = new LinkedHashMap<>(MOST_ISSUERS, 0.75f, true);

    /// @param own keys of `trusted`
    DistributedGroups(TrustedIssuer trusted, IssuerKeys own, TokenChecks checks, OutboundHttp http, Time time) {
        this.claim = trusted.groups().claim();
        this.trusted = trusted;
        this.own = own;
        this.checks = checks;
        this.http = http;
        this.time = time;
    }

    /// The verified `claims`, with the groups that are elsewhere, if they are.
    ///
    /// @throws Refusal when they should be and cannot be had
    JsonNode filledIn(JsonNode claims) throws Refusal {
        if (claim.isEmpty() || claims.has(claim)) {
            return claims;
        }
        ClaimSource source = ClaimSource.byClaim(claims).get(claim);
        if (source == null || source.endpoint().isEmpty()) {
            return claims;
        }
        ObjectNode all = claims.deepCopy().asObject();
        all.set(claim, resolved(source));
        return all;
    }

    private JsonNode resolved(ClaimSource source) throws Refusal {
        Optional<UntrustedToken> token = UntrustedToken.parse(fetched(source).strip(), LONGEST);
        if (token.isEmpty()) {
            throw new Refusal("getting untrusted issuer from endpoint " + source.endpoint() + " failed for claim \""
                    + claim + "\": malformed token");
        }
        IssuerKeys keys = keys(token.get().issuer());
        JsonNode theirs;
        try {
            theirs = checks.verified(token.get(), keys);
        } catch (Refusal refused) {
            throw new Refusal("verify distributed claim token: " + refused.getMessage());
        }
        if (!theirs.has(claim)) {
            throw new Refusal("jwt returned by distributed claim endpoint \"" + source.endpoint()
                    + "\" did not contain claim: " + claim);
        }
        return theirs.path(claim);
    }

    private String fetched(ClaimSource source) throws Refusal {
        Map<String, String> headers =
                source.accessToken().isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + source.accessToken());
        try {
            OutboundHttp.Answer answer = http.send("GET", new URI(source.endpoint()), headers, new byte[0], LIMIT);
            if (answer.status() / 100 != 2) {
                throw new Refusal("while getting distributed claim \"" + claim
                        + "\": error while getting distributed claim JWT: " + answer.status());
            }
            return new String(answer.body(), StandardCharsets.UTF_8);
        } catch (IOException | URISyntaxException | IllegalArgumentException failed) {
            throw new Refusal("while getting distributed claim \"" + claim + "\": " + failed.getMessage());
        }
    }

    private IssuerKeys keys(String url) throws Refusal {
        if (url.equals(trusted.url())) {
            return own;
        }
        Issuer issuer;
        synchronized (issuers) {
            issuer = issuers.computeIfAbsent(url, _ -> new Issuer(new IssuerKeys(url, "", http, time)));
            if (issuers.size() > MOST_ISSUERS) {
                issuers.remove(issuers.keySet().iterator().next());
            }
        }
        if (!issuer.isReady(time)) {
            throw new Refusal("verifying untrusted issuer " + url + " failed: verifier not initialized for issuer: \""
                    + url + "\"");
        }
        return issuer.keys;
    }

    /// Somebody whose word an endpoint passes on. Its description is read when it is first needed, by whoever
    /// needs it first, and after a failure not before [#RETRY] is over.
    private static final class Issuer {

        private final IssuerKeys keys;
        private boolean wasAsked;
        private long lastAsked;

        Issuer(IssuerKeys keys) {
            this.keys = keys;
        }

        boolean isReady(Time time) {
            if (!keys.isReady() && isDue(time.nanoTime())) {
                try {
                    keys.discover();
                } catch (IOException | RuntimeException failed) {
                    return false;
                }
            }
            return keys.isReady();
        }

        private synchronized boolean isDue(long now) {
            if (wasAsked && now - lastAsked < RETRY.toNanos()) {
                return false;
            }
            wasAsked = true;
            lastAsked = now;
            return true;
        }
    }
}
