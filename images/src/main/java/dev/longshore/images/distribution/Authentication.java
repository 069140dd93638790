package dev.longshore.images.distribution;

import dev.longshore.base.Json;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/// How one transfer shows who it is: not at all, by name and password, or by a token that the registry sends it
/// to fetch (distribution-spec, token authentication). A token is renewed before it runs out, so that no large body is
/// sent in vain. Thread-safe: those who are challenged together fetch one token together.
final class Authentication {

    private static final long USUAL_LIFE_SECONDS = 60;
    private static final Duration MARGIN = Duration.ofSeconds(10);
    private static final int SHORT_LIFE_PART = 4;

    private final HttpClients.Trusting http;
    private final Credentials credentials;
    private final List<String> scopes;
    private final Pauses pauses;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Shown shown = Shown.NOTHING;

    /// @param scopes what the transfer is going to need
    Authentication(HttpClients.Trusting http, Credentials credentials, List<String> scopes, Pauses pauses) {
        this.http = http;
        this.credentials = credentials;
        this.scopes = List.copyOf(scopes);
        this.pauses = pauses;
    }

    /// @param header what to send as Authorization
    /// @param renewal where it was got, if it runs out
    /// @param until when it should be renewed
    /// @param refreshToken to renew it with, if the token server gave one
    private record Shown(Optional<String> header, Optional<TokenRequest> renewal, Instant until, String refreshToken) {
        static final Shown NOTHING = new Shown(Optional.empty(), Optional.empty(), Instant.MAX, "");
    }

    /// What to send as Authorization. If it has run out and cannot be renewed, the registry says what is wrong.
    Optional<String> header() throws IOException, InterruptedException {
        Shown now = shown;
        if (now.renewal().isEmpty() || pauses.time().now().isBefore(now.until())) {
            return now.header();
        }
        turn.lockInterruptibly();
        try {
            if (shown.equals(now)) {
                shown = token(now.renewal().get(), now.refreshToken());
            }
            return shown.header();
        } finally {
            turn.unlock();
        }
    }

    /// Answers a 401 with `challenges` to a request that showed `before`; true if there is now something else to
    /// send.
    boolean answer(URI registry, List<String> challenges, Optional<String> before)
            throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (!shown.header().equals(before)) {
                return true; // Somebody else has just answered it.
            }
            List<Challenge> offered = Challenge.read(challenges);
            Optional<Challenge> bearer = offered.stream()
                    .filter(challenge -> challenge.scheme().equals("bearer"))
                    .findFirst();
            boolean takesBasic =
                    offered.stream().anyMatch(challenge -> challenge.scheme().equals("basic"));
            Shown next = Shown.NOTHING;
            if (bearer.isPresent()) {
                next = token(request(registry, bearer.get()), "");
            } else if (takesBasic && !credentials.username().isEmpty()) {
                next = new Shown(Optional.of(TokenRequest.basic(credentials)), Optional.empty(), Instant.MAX, "");
            }
            boolean isNew = next.header().isPresent() && !next.header().equals(shown.header());
            shown = next;
            return isNew;
        } finally {
            turn.unlock();
        }
    }

    private TokenRequest request(URI registry, Challenge challenge) {
        var wanted = new ArrayList<>(scopes);
        for (String asked : challenge.parameter("scope").split(" ", -1)) {
            if (!asked.isEmpty() && !covers(asked)) {
                wanted.add(asked);
            }
        }
        return new TokenRequest(realm(registry, challenge.parameter("realm")), challenge.parameter("service"), wanted);
    }

    private Shown token(TokenRequest request, String refreshToken) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = asked(request, refreshToken);
        if (response.statusCode() == 401 || response.statusCode() == 403) {
            throw refused(request.realm(), response.statusCode(), "unauthorized: incorrect username or password");
        }
        if (response.statusCode() != 200) {
            throw refused(request.realm(), response.statusCode(), "the token endpoint gives no token");
        }
        JsonNode answer;
        try {
            answer = Json.parse(response.body());
        } catch (Json.MalformedException noJson) {
            throw refused(request.realm(), 200, "the token endpoint does not answer with JSON");
        }
        String token = answer.path("token").asString(answer.path("access_token").asString(""));
        if (token.isEmpty()) {
            throw refused(request.realm(), 200, "the token endpoint answers without a token");
        }
        Duration life = Duration.ofSeconds(
                Math.clamp(answer.path("expires_in").asLong(USUAL_LIFE_SECONDS), 0, Integer.MAX_VALUE));
        Duration part = life.dividedBy(SHORT_LIFE_PART);
        Instant until = pauses.time().now().plus(life).minus(part.compareTo(MARGIN) < 0 ? part : MARGIN);
        return new Shown(
                Optional.of("Bearer " + token),
                Optional.of(request),
                until,
                answer.path("refresh_token").asString(refreshToken));
    }

    /// By a refresh token if there is one; a server that knows no such thing is shown the password, if there is one.
    private HttpResponse<byte[]> asked(TokenRequest request, String refreshToken)
            throws IOException, InterruptedException {
        String refresh = refreshToken.isEmpty() ? credentials.identityToken() : refreshToken;
        if (!refresh.isEmpty()) {
            HttpResponse<byte[]> response = send(request.realm(), request.byRefreshToken(refresh));
            boolean hasPassword = !credentials.password().isEmpty();
            boolean isOwn = refresh.equals(credentials.identityToken());
            if (response.statusCode() == 200 || isOwn && !hasPassword) {
                return response;
            }
        }
        return send(request.realm(), request.byPassword(credentials));
    }

    private HttpResponse<byte[]> send(URI realm, HttpRequest.Builder request) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<byte[]> response;
            try {
                response = http.send(request, realm, HttpResponse.BodyHandlers.ofByteArray());
            } catch (IOException away) {
                throw new ImageFaultException(
                        new ImageFault.Registry(realm.getAuthority(), 0, "the token endpoint cannot be reached"), away);
            }
            if (!Pauses.isPassing(response.statusCode()) || !pauses.mayRetry(attempt)) {
                return response;
            }
            pauses.pause(attempt, response);
        }
    }

    private static URI realm(URI registry, String realm) {
        URI address;
        try {
            address = registry.resolve(realm);
        } catch (IllegalArgumentException wrong) {
            throw refused(registry, 0, "invalid token realm");
        }
        boolean isAddress = address.getHost() != null
                && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
        if (realm.isEmpty() || !isAddress) {
            throw refused(registry, 0, "invalid token realm");
        }
        // A password that may travel encrypted only is not given away in the open.
        if (registry.getScheme().equals("https") && !"https".equals(address.getScheme())) {
            throw refused(registry, 0, "the token realm " + address + " is not encrypted");
        }
        return address;
    }

    /// True if what is going to be asked for anyway contains `asked`.
    private boolean covers(String asked) {
        int actions = asked.lastIndexOf(':');
        return scopes.stream()
                .anyMatch(scope -> actions > 0
                        && scope.startsWith(asked.substring(0, actions + 1))
                        && List.of(scope.substring(actions + 1).split(",", -1))
                                .containsAll(
                                        List.of(asked.substring(actions + 1).split(",", -1))));
    }

    private static ImageFaultException refused(URI server, int status, String why) {
        return new ImageFaultException(new ImageFault.Registry(server.getHost(), status, why));
    }
}
