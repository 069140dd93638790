package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Lets users act as others, where they may: `kubectl --as`. There are several ways to ([ImpersonationMode]); one that
/// fits and is allowed is enough, and the first refusal is the one that is told. Thread-safe.
final class Impersonation {

    private static final int REMEMBERED = 10_000;

    private final Permission permission;
    private final Map<String, ImpersonationMode> lastWay = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ImpersonationMode> eldest) {
            return size() > REMEMBERED;
        }
    };

    Impersonation(Permission permission) {
        this.permission = permission;
    }

    /// As whom a request is taken.
    ///
    /// @param request without the headers that asked for it
    /// @param constraint the verb that allowed it, for audit; empty when nobody acts as another, or in the old way
    record Acting(UserInfo user, Request request, String constraint) {}

    /// The user that the request shall be taken as: whoever asks, without such headers.
    ///
    /// @param asked what is asked for, by whoever really asks
    /// @throws FaultException with [Fault.Forbidden] if that one may not
    Acting effective(Attributes asked, Request request) {
        Optional<ImpersonatedUser> wanted = ImpersonatedUser.of(request.headers());
        if (wanted.isEmpty()) {
            return new Acting(asked.user(), request, "");
        }
        Request stripped = request.with(ImpersonatedUser.stripped(request.headers()));
        String name = asked.user().name();
        ImpersonationMode first = last(name).orElse(null);
        FaultException refusal = null;
        for (ImpersonationMode mode : ways(first)) {
            if (!mode.fits(asked.user(), wanted.get())) {
                continue;
            }
            try {
                if (mode.isConstrained()) {
                    permission.requireSurely(mode.on(asked));
                }
                UserInfo user = new ImpersonationChecks(permission, mode, asked.user())
                        .allowed(wanted.get().user());
                remember(name, mode);
                return new Acting(user, stripped, mode.isConstrained() ? mode.verb() : "");
            } catch (FaultException refused) {
                refusal = refusal == null ? refused : refusal;
            }
        }
        throw refusal;
    }

    /// The way that somebody took the last time comes first: most have but one, and it costs the fewest questions.
    private static ImpersonationMode[] ways(ImpersonationMode first) {
        ImpersonationMode[] ways = ImpersonationMode.values();
        if (first != null) {
            System.arraycopy(ways, 0, ways, 1, first.ordinal());
            ways[0] = first;
        }
        return ways;
    }

    private Optional<ImpersonationMode> last(String name) {
        synchronized (lastWay) {
            return Optional.ofNullable(lastWay.get(name));
        }
    }

    private void remember(String name, ImpersonationMode mode) {
        synchronized (lastWay) {
            lastWay.put(name, mode);
        }
    }
}
