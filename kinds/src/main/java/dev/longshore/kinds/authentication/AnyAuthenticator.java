package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.MetricFamily;
import java.util.LinkedHashSet;
import java.util.List;

/// Asks several authenticators one after another: the first that knows somebody wins; if none does, but some reject
/// what they were shown, it is rejected.
public final class AnyAuthenticator implements Authenticator {

    private final List<Authenticator> all;

    /// Asks `all`, in their order.
    public AnyAuthenticator(List<Authenticator> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public List<MetricFamily> metrics() {
        return all.stream().flatMap(one -> one.metrics().stream()).toList();
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        var reasons = new LinkedHashSet<String>();
        for (Authenticator one : all) {
            switch (one.authenticate(credentials)) {
                case Verdict.Known known -> {
                    return known;
                }
                case Verdict.Rejected(String why) -> reasons.add(why);
                case Verdict.NotMine() -> {}
            }
        }
        if (!reasons.isEmpty()) {
            return new Verdict.Rejected(String.join(", ", reasons));
        }
        return credentials.bearerToken().isPresent() ? new Verdict.Rejected(Refusal.UNKNOWN) : new Verdict.NotMine();
    }
}
