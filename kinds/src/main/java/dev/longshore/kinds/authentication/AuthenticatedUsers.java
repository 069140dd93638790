package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;

/// Puts whoever another authenticator knows into `system:authenticated`.
///
/// @param inner knows people
public record AuthenticatedUsers(Authenticator inner) implements Authenticator {

    private static final String AUTHENTICATED = "system:authenticated";
    private static final String UNAUTHENTICATED = "system:unauthenticated";

    @Override
    public Verdict authenticate(Credentials credentials) {
        Verdict verdict = inner.authenticate(credentials);
        return verdict instanceof Verdict.Known known
                ? new Verdict.Known(member(known.user()), known.audiences(), known.warnings())
                : verdict;
    }

    @Override
    public List<MetricFamily> metrics() {
        return inner.metrics();
    }

    private static UserInfo member(UserInfo user) {
        boolean isSettled = user.name().equals(UserInfo.ANONYMOUS.name())
                || user.groups().contains(AUTHENTICATED)
                || user.groups().contains(UNAUTHENTICATED);
        if (isSettled) {
            return user;
        }
        List<String> groups = new ArrayList<>(user.groups());
        groups.add(AUTHENTICATED);
        return new UserInfo(user.name(), user.uid(), groups, user.extra());
    }
}
