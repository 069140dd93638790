package dev.longshore.kinds.authentication.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.kinds.authentication.UntrustedToken;
import dev.longshore.model.Authenticator;
import dev.longshore.model.OutboundHttp;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Knows people by the tokens of one issuer, who describes itself as OpenID Connect has it. Until its description has
/// been read, which is tried every ten seconds, its tokens are rejected.
final class JwtAuthenticator implements Authenticator, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JwtAuthenticator.class);
    private static final Duration RETRY = Duration.ofSeconds(10);

    /// How far the issuer's clock may be before ours.
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private static final String GOOGLE = "accounts.google.com";

    private final CompiledIssuer rules;
    private final Set<String> algorithms;
    private final IssuerKeys keys;
    private final Time time;
    private volatile boolean isClosed;

    /// @param algorithms by which tokens may be signed
    JwtAuthenticator(CompiledIssuer rules, Set<String> algorithms, OutboundHttp http, Time time) {
        this.rules = rules;
        this.algorithms = Set.copyOf(algorithms);
        this.keys = new IssuerKeys(rules.issuer(), http, time);
        this.time = time;
    }

    /// Begins to read the issuer's description; does not wait for it.
    void start() {
        time.schedule(Duration.ZERO, this::discover);
    }

    private void discover() {
        if (isClosed || keys.isReady()) {
            return;
        }
        try {
            keys.discover();
        } catch (IOException | RuntimeException failed) {
            log.error(
                    "oidc authenticator: initializing plugin: {}: {}",
                    rules.issuer().url(),
                    failed.getMessage());
            time.schedule(RETRY, this::discover);
        }
    }

    /// Why its tokens are rejected, if they are.
    Optional<String> flaw() {
        return keys.flaw();
    }

    @Override
    public void close() {
        isClosed = true;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        Optional<UntrustedToken> token = credentials
                .bearerToken()
                .flatMap(UntrustedToken::parse)
                .filter(found -> issuer(found).equals(rules.issuer().url()));
        if (token.isEmpty()) {
            return new Verdict.NotMine();
        }
        try {
            return new Verdict.Known(user(token.get()));
        } catch (Refusal refused) {
            return new Verdict.Rejected(refused.getMessage());
        }
    }

    private static String issuer(UntrustedToken token) {
        return token.issuer().equals(GOOGLE) ? "https://" + GOOGLE : token.issuer();
    }

    private UserInfo user(UntrustedToken token) throws Refusal {
        if (!keys.isReady()) {
            throw new Refusal("oidc: authenticator not initialized");
        }
        requireAudience(token.claims());
        requireNow(token.claims());
        String algorithm = token.token().getHeader().getAlgorithm().getName();
        if (!algorithms.contains(algorithm)) {
            throw new Refusal("oidc: verify token: oidc: id token signed with unsupported algorithm, expected "
                    + algorithms.stream().sorted().toList() + " got \"" + algorithm + "\"");
        }
        try {
            if (!keys.hasSigned(token.token())) {
                throw new Refusal(
                        "oidc: verify token: failed to verify signature: failed to verify id token signature");
            }
        } catch (IOException unreachable) {
            throw new Refusal(
                    "oidc: verify token: failed to verify signature: fetching keys " + unreachable.getMessage());
        }
        JsonNode claims;
        try {
            claims = Json.parse(token.token().getPayload().toBytes());
        } catch (Json.MalformedException malformed) {
            throw new Refusal("oidc: parse claims: " + malformed.getMessage());
        }
        return new ClaimedUser(rules, claims).make();
    }

    private void requireAudience(JWTClaimsSet claims) throws Refusal {
        List<String> expected = rules.issuer().audiences();
        if (claims.getAudience().stream().noneMatch(expected::contains)) {
            throw new Refusal(
                    "oidc: verify token: oidc: expected audience in " + expected + " got " + claims.getAudience());
        }
    }

    private void requireNow(JWTClaimsSet claims) throws Refusal {
        Instant now = time.now();
        Date end = claims.getExpirationTime();
        if (end == null || now.isAfter(end.toInstant())) {
            throw new Refusal("oidc: verify token: oidc: token is expired (Token Expiry: "
                    + (end == null ? "none" : end.toInstant()) + ")");
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && now.plus(LEEWAY).isBefore(begin.toInstant())) {
            throw new Refusal("oidc: verify token: oidc: current time " + now + " before the nbf (not before) time: "
                    + begin.toInstant());
        }
    }
}
