package dev.longshore.kinds.authentication.oidc;

import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.kinds.authentication.UntrustedToken;
import dev.longshore.model.Authenticator;
import dev.longshore.model.OutboundHttp;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
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

    private final CompiledIssuer rules;
    private final IssuerKeys keys;
    private final TokenChecks checks;
    private final DistributedGroups distributed;
    private final Time time;
    private volatile boolean isClosed;

    /// @param algorithms by which tokens may be signed
    JwtAuthenticator(CompiledIssuer rules, Set<String> algorithms, OutboundHttp http, Time time) {
        this.rules = rules;
        TrustedIssuer issuer = rules.issuer();
        this.keys = new IssuerKeys(issuer.url(), issuer.discoveryUrl(), http, time);
        this.checks = new TokenChecks(issuer.audiences(), algorithms, time);
        this.distributed = new DistributedGroups(issuer, keys, checks, http, time);
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
                .filter(found -> found.issuer().equals(rules.issuer().url()));
        if (token.isEmpty()) {
            return new Verdict.NotMine();
        }
        try {
            return new Verdict.Known(user(token.get()));
        } catch (Refusal refused) {
            return new Verdict.Rejected(refused.getMessage());
        }
    }

    private UserInfo user(UntrustedToken token) throws Refusal {
        if (!keys.isReady()) {
            throw new Refusal("oidc: authenticator not initialized");
        }
        JsonNode claims;
        try {
            claims = checks.verified(token, keys);
        } catch (Refusal refused) {
            throw new Refusal("oidc: verify token: " + refused.getMessage());
        }
        return new ClaimedUser(rules, filledIn(claims)).make();
    }

    private JsonNode filledIn(JsonNode claims) throws Refusal {
        try {
            return distributed.filledIn(claims);
        } catch (Refusal unresolved) {
            throw new Refusal("oidc: could not expand distributed claims: " + unresolved.getMessage());
        }
    }
}
