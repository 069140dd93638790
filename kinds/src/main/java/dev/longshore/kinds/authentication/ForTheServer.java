package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.MetricFamily;
import java.util.List;

/// An authenticator whose credentials are all for the API server itself, and for nobody else.
///
/// @param audiences the API server's own
public record ForTheServer(List<String> audiences, Authenticator inner) implements Authenticator {

    public ForTheServer {
        audiences = List.copyOf(audiences);
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.audiences().isEmpty()) {
            return inner.authenticate(credentials);
        }
        List<String> common =
                audiences.stream().filter(credentials.audiences()::contains).toList();
        if (common.isEmpty()) {
            return new Verdict.NotMine();
        }
        Verdict verdict = inner.authenticate(credentials);
        return verdict instanceof Verdict.Known known
                ? new Verdict.Known(known.user(), common, known.warnings())
                : verdict;
    }

    @Override
    public List<MetricFamily> metrics() {
        return inner.metrics();
    }
}
