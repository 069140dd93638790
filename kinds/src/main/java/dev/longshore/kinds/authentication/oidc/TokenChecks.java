package dev.longshore.kinds.authentication.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.kinds.authentication.UntrustedToken;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What every token of an issuer must pass before its claims count: whom it is for, when it holds, how and by
/// whom it was signed, and that whatever it leaves to other sources has one. The signature comes last, since
/// keys may have to be fetched for it. Thread-safe.
final class TokenChecks {

    /// How far the issuer's clock may be before ours.
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private final List<String> audiences;
    private final Set<String> algorithms;
    private final Time time;

    /// @param audiences of whom one must be named
    /// @param algorithms by which tokens may be signed
    TokenChecks(List<String> audiences, Set<String> algorithms, Time time) {
        this.audiences = List.copyOf(audiences);
        this.algorithms = Set.copyOf(algorithms);
        this.time = time;
    }

    /// What `token` claims.
    ///
    /// @param keys of its issuer
    /// @throws Refusal when it does not hold
    JsonNode verified(UntrustedToken token, IssuerKeys keys) throws Refusal {
        requireAudience(token.claims());
        requireNow(token.claims());
        requireAlgorithm(token.token().getHeader().getAlgorithm().getName());
        requireSignature(token, keys);
        JsonNode claims;
        try {
            claims = Json.parse(token.token().getPayload().toBytes());
        } catch (Json.MalformedException malformed) {
            throw new Refusal("oidc: failed to unmarshal claims: " + malformed.getMessage());
        }
        ClaimSource.byClaim(claims);
        return claims;
    }

    private void requireAudience(JWTClaimsSet claims) throws Refusal {
        if (claims.getAudience().stream().noneMatch(audiences::contains)) {
            throw new Refusal("oidc: expected audience in " + audiences + " got " + claims.getAudience());
        }
    }

    private void requireNow(JWTClaimsSet claims) throws Refusal {
        Instant now = time.now();
        Date end = claims.getExpirationTime();
        if (end == null || now.isAfter(end.toInstant())) {
            throw new Refusal(
                    "oidc: token is expired (Token Expiry: " + (end == null ? "none" : end.toInstant()) + ")");
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && now.plus(LEEWAY).isBefore(begin.toInstant())) {
            throw new Refusal("oidc: current time " + now + " before the nbf (not before) time: " + begin.toInstant());
        }
    }

    private void requireAlgorithm(String algorithm) throws Refusal {
        if (!algorithms.contains(algorithm)) {
            throw new Refusal("oidc: id token signed with unsupported algorithm, expected "
                    + algorithms.stream().sorted().toList() + " got \"" + algorithm + "\"");
        }
    }

    private static void requireSignature(UntrustedToken token, IssuerKeys keys) throws Refusal {
        try {
            if (!keys.hasSigned(token.token())) {
                throw new Refusal("failed to verify signature: failed to verify id token signature");
            }
        } catch (IOException unreachable) {
            throw new Refusal("failed to verify signature: fetching keys " + unreachable.getMessage());
        }
    }
}
