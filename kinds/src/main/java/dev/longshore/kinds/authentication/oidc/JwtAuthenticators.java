package dev.longshore.kinds.authentication.oidc;

import dev.longshore.base.Time;
import dev.longshore.model.Authenticator;
import dev.longshore.model.OutboundHttp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Knows people by the tokens of every issuer that an AuthenticationConfiguration names. A new configuration takes the
/// place of the old as a whole, and only once each of its issuers has described itself. Thread-safe.
public final class JwtAuthenticators implements Authenticator, AutoCloseable {

    /// Every algorithm that tokens may be signed by: all of them with two keys.
    public static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512");

    private static final Duration POLL = Duration.ofMillis(100);

    private final Set<String> algorithms;
    private final List<String> own;
    private final Function<String, OutboundHttp> outside;
    private final Time time;
    private volatile List<JwtAuthenticator> current;

    /// @param algorithms of [#ALGORITHMS]
    /// @param own the issuers of our own tokens
    /// @param outside the way to an issuer, by the PEM of who vouches for it; empty for whomever the JDK believes
    /// @throws IllegalArgumentException when the configuration makes no sense
    public JwtAuthenticators(
            AuthenticationConfiguration configuration,
            Set<String> algorithms,
            List<String> own,
            Function<String, OutboundHttp> outside,
            Time time) {
        this.algorithms = Set.copyOf(algorithms);
        this.own = List.copyOf(own);
        this.outside = outside;
        this.time = time;
        this.current = made(configuration);
    }

    /// Begins to read the issuers' descriptions; does not wait for them.
    public void start() {
        current.forEach(JwtAuthenticator::start);
    }

    /// Goes by `configuration` from now on.
    ///
    /// @param limit how long its issuers may take to describe themselves
    /// @throws IllegalArgumentException when it makes no sense, or an issuer did not describe itself; what was
    /// before goes on
    public void replace(AuthenticationConfiguration configuration, Duration limit) throws InterruptedException {
        List<JwtAuthenticator> fresh = made(configuration);
        fresh.forEach(JwtAuthenticator::start);
        long deadline = time.nanoTime() + limit.toNanos();
        Optional<String> flaw = flaw(fresh);
        while (flaw.isPresent() && time.nanoTime() - deadline < 0) {
            time.sleep(POLL);
            flaw = flaw(fresh);
        }
        if (flaw.isPresent()) {
            fresh.forEach(JwtAuthenticator::close);
            throw new IllegalArgumentException(flaw.get());
        }
        List<JwtAuthenticator> old = current;
        current = fresh;
        old.forEach(JwtAuthenticator::close);
    }

    private List<JwtAuthenticator> made(AuthenticationConfiguration configuration) {
        return ConfigurationChecks.compile(configuration, own).stream()
                .map(issuer -> new JwtAuthenticator(
                        issuer, algorithms, outside.apply(issuer.issuer().certificateAuthority()), time))
                .toList();
    }

    private static Optional<String> flaw(List<JwtAuthenticator> all) {
        return all.stream().flatMap(each -> each.flaw().stream()).findFirst();
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        for (JwtAuthenticator each : current) {
            Verdict verdict = each.authenticate(credentials);
            if (!(verdict instanceof Verdict.NotMine)) {
                return verdict;
            }
        }
        return new Verdict.NotMine();
    }

    @Override
    public void close() {
        current.forEach(JwtAuthenticator::close);
    }
}
