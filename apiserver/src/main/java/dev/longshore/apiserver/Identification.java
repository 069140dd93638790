package dev.longshore.apiserver;

import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out who asks.
final class Identification {

    private static final Logger log = LoggerFactory.getLogger(Identification.class);

    /// What follows a second space is not looked at.
    private static final Pattern BEARER = Pattern.compile("(?i)bearer ([^ ]+)(?: .*)?");

    private final List<Authenticator> authenticators;
    private final Entrance entrance;
    private final AccessMeters meters;

    Identification(List<Authenticator> authenticators, Entrance entrance, AccessMeters meters) {
        this.authenticators = List.copyOf(authenticators);
        this.entrance = entrance;
        this.meters = meters;
    }

    /// What authenticators measure.
    List<MetricFamily> metrics() {
        return authenticators.stream()
                .flatMap(authenticator -> authenticator.metrics().stream())
                .toList();
    }

    /// Who asks.
    ///
    /// @param request without what showed that
    /// @param warnings sentences for the client about its credentials
    record Identified(UserInfo user, Request request, List<String> warnings) {}

    /// The user whom the credentials show. A caller in this very process may simply say who it is.
    ///
    /// @throws FaultException with [Fault.Unauthorized] when credentials do not hold, or there are none and
    /// strangers are not let in
    Identified identify(Request request) {
        long begun = meters.now();
        if (request.peer() == Peer.LOCAL) {
            Optional<UserInfo> said = request.attribute(UserInfo.class);
            if (said.isPresent()) {
                return identified(said.get(), request, List.of(), begun);
            }
        }
        var credentials = credentials(request);
        var reasons = new ArrayList<String>();
        for (Authenticator authenticator : authenticators) {
            switch (authenticator.authenticate(credentials)) {
                case Authenticator.Verdict.Known known -> {
                    return identified(known.user(), request, known.warnings(), begun);
                }
                case Authenticator.Verdict.Rejected(String why) -> reasons.add(why);
                case Authenticator.Verdict.NotMine _ -> {}
            }
        }
        if (reasons.isEmpty() && credentials.bearerToken().isEmpty() && entrance.isOpen(request.path())) {
            return identified(UserInfo.ANONYMOUS, request, List.of(), begun);
        }
        boolean isSilent = reasons.isEmpty() && credentials.bearerToken().isEmpty();
        meters.unknown(isSilent ? "failure" : "error", begun);
        // The client is told nothing of it: it may be guessing.
        log.debug("{} {}: nobody known: {}", request.method(), request.path(), reasons);
        throw new FaultException(new Fault.Unauthorized("Unauthorized"));
    }

    private Identified identified(UserInfo user, Request request, List<String> warnings, long begun) {
        meters.known(user, begun);
        return new Identified(user, request.with(entrance.stripped(request.headers())), warnings);
    }

    private static Authenticator.Credentials credentials(Request request) {
        Map<String, List<String>> headers = new HashMap<>();
        request.headers()
                .forEach((name, value) -> headers.computeIfAbsent(
                                name.toLowerCase(Locale.ROOT), unseen -> new ArrayList<>())
                        .add(value));
        Optional<String> token = request.headers()
                .first("Authorization")
                .map(String::strip)
                .map(BEARER::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .or(() -> TokenProtocol.token(request));
        return new Authenticator.Credentials(token, request.peer().certificates(), headers);
    }

    /// What was tried, as an audit tells of it.
    static String attempted(Request request) {
        var ways = new ArrayList<String>();
        String authorization =
                request.headers().first("Authorization").orElse("").strip();
        String[] parts = authorization.split(" ", -1);
        if (parts.length > 1 && parts[0].equalsIgnoreCase("basic")) {
            ways.add("basic");
        }
        if (parts.length > 1 && parts[0].equalsIgnoreCase("bearer")) {
            ways.add("bearer");
        }
        if (request.query()
                .first("access_token")
                .filter(token -> !token.isBlank())
                .isPresent()) {
            ways.add("access_token");
        }
        if (!request.peer().certificates().isEmpty()) {
            ways.add("x509");
        }
        return ways.isEmpty()
                ? "Authentication failed, no credentials provided"
                : "Authentication failed, attempted: " + String.join(", ", ways);
    }
}
