package dev.longshore.kinds.authentication;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.AnswerCache;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Remembers for ten seconds whose tokens are, as kube-apiserver does: to verify a signature, or to ask who is bound to
/// what, for each of many requests would cost more than the requests. So who loses a right to a token may use it that
/// much longer. What is refused is asked about anew each time. Tokens are kept as digests. Thread-safe.
public final class RememberedTokens implements Authenticator {

    private static final Duration MEMORY = Duration.ofSeconds(10);
    private static final int MOST = 16_384;
    private static final String PREFIX = "authentication_token_cache_";
    private static final Meter REQUESTS = Meter.counter(
            PREFIX + "request_total", "Tokens that were asked about, by whether they were remembered.", "status");
    private static final Meter FETCHES =
            Meter.counter(PREFIX + "fetch_total", "Tokens that were not remembered, by what came of them.", "status");
    private static final Meter DURATION = Meter.histogram(
            PREFIX + "request_duration_seconds",
            "How long it took to know a token.",
            List.of(.005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 5.0, 10.0),
            "status");

    private final Authenticator inner;
    private final Time time;
    private final AnswerCache<Verdict.Known> known;
    private final Meters meters = new Meters();

    /// @param inner knows tokens
    public RememberedTokens(Authenticator inner, Time time) {
        this.inner = inner;
        this.time = time;
        this.known = new AnswerCache<>(MOST, time);
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.bearerToken().isEmpty()) {
            return inner.authenticate(credentials);
        }
        long begun = time.nanoTime();
        String key = Digests.of(credentials.bearerToken().get(), credentials.audiences());
        Optional<Verdict.Known> remembered = known.find(key);
        Verdict verdict = remembered.isPresent() ? remembered.get() : fetched(key, credentials);
        String status = remembered.isPresent() ? "hit" : "miss";
        meters.count(REQUESTS, status);
        meters.took(DURATION, time.nanoTime() - begun, status);
        return verdict;
    }

    private Verdict fetched(String key, Credentials credentials) {
        Verdict verdict = inner.authenticate(credentials);
        meters.count(FETCHES, verdict instanceof Verdict.Rejected ? "error" : "ok");
        if (verdict instanceof Verdict.Known somebody) {
            known.keep(key, somebody, MEMORY);
        }
        return verdict;
    }

    @Override
    public List<MetricFamily> metrics() {
        var families = new ArrayList<>(inner.metrics());
        families.addAll(meters.families());
        return families;
    }
}
