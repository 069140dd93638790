package dev.longshore.apiserver;

import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Finds out who asks.
final class Identification {

    private static final String BEARER = "bearer ";

    private final List<Authenticator> authenticators;

    Identification(List<Authenticator> authenticators) {
        this.authenticators = List.copyOf(authenticators);
    }

    /// The user whom the credentials show. A caller in this very process may simply say who it is.
    ///
    /// @throws FaultException with [Fault.Unauthorized] when credentials do not hold
    UserInfo identify(Request request) {
        if (request.peer() == Peer.LOCAL) {
            Optional<UserInfo> said = request.attribute(UserInfo.class);
            if (said.isPresent()) {
                return said.get();
            }
        }
        var credentials = credentials(request);
        boolean isRejected = false;
        for (Authenticator authenticator : authenticators) {
            switch (authenticator.authenticate(credentials)) {
                case Authenticator.Verdict.Known(UserInfo user) -> {
                    return user;
                }
                case Authenticator.Verdict.Rejected _ -> isRejected = true;
                case Authenticator.Verdict.NotMine _ -> {}
            }
        }
        if (isRejected || credentials.bearerToken().isPresent()) {
            throw new FaultException(new Fault.Unauthorized("Unauthorized"));
        }
        return UserInfo.ANONYMOUS;
    }

    private static Authenticator.Credentials credentials(Request request) {
        var headers = new HashMap<String, List<String>>();
        request.headers()
                .forEach((name, value) -> headers.computeIfAbsent(
                                name.toLowerCase(Locale.ROOT), unseen -> new ArrayList<>())
                        .add(value));
        Optional<String> token = request.headers()
                .first("Authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(value -> !value.isEmpty())
                .or(() -> TokenProtocol.token(request));
        return new Authenticator.Credentials(token, request.peer().certificates(), Map.copyOf(headers));
    }
}
