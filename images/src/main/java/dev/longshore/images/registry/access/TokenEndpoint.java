package dev.longshore.images.registry.access;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/token`: gives tokens for what the rules allow of what is asked for, by password (GET, or POST as in OAuth 2), by
/// refresh token, or to nobody in particular. Thread-safe.
public final class TokenEndpoint implements Handler {

    private static final int LARGEST_FORM = 64 << 10;

    private final Htpasswd users;
    private final AccessRules rules;
    private final Tokens tokens;
    private final Time time;

    /// Gives `tokens` to `users` by `rules`.
    public TokenEndpoint(Htpasswd users, AccessRules rules, Tokens tokens, Time time) {
        this.users = users;
        this.rules = rules;
        this.tokens = tokens;
        this.time = time;
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request);
            case "POST" -> post(request);
            default -> new Response.Full(405, Headers.of("Allow", "GET, HEAD, POST"), new byte[0]);
        };
    }

    private Response get(Request request) throws InterruptedException {
        String user = AccessRules.ANONYMOUS;
        Optional<String> header = request.headers().first("Authorization");
        if (header.isPresent()) {
            Optional<BasicCredentials> shown = BasicCredentials.of(header.get());
            if (shown.isEmpty()) {
                return unauthorized();
            }
            Optional<Response> refused = refusal(shown.get().user(), shown.get().password());
            if (refused.isPresent()) {
                return refused.get();
            }
            user = shown.get().user();
        }
        boolean wantsRefresh = request.query().isSet("offline_token");
        return issued(user, request.query().all("scope"), wantsRefresh);
    }

    private Response post(Request request) throws IOException, InterruptedException {
        byte[] body = request.body().readNBytes(LARGEST_FORM);
        Query form = Query.parse(new String(body, StandardCharsets.UTF_8));
        String user = form.first("username").orElse("");
        switch (form.first("grant_type").orElse("")) {
            case "password" -> {
                Optional<Response> refused =
                        refusal(user, form.first("password").orElse(""));
                if (refused.isPresent()) {
                    return refused.get();
                }
            }
            case "refresh_token" -> {
                Optional<String> owner =
                        tokens.checkRefresh(form.first("refresh_token").orElse(""), users);
                if (owner.isEmpty()) {
                    return unauthorized();
                }
                user = owner.get();
            }
            default -> {
                return Response.json(400, Json.bytes(Json.object().put("error", "unsupported_grant_type")));
            }
        }
        boolean wantsRefresh = form.first("access_type").orElse("").equals("offline");
        return issued(user, form.all("scope"), wantsRefresh);
    }

    private Response issued(String user, List<String> scopes, boolean wantsRefresh) {
        List<Need> granted = Scopes.read(scopes).stream()
                .filter(need -> isGranted(user, need))
                .distinct()
                .toList();
        String token = tokens.issue(user, granted);
        ObjectNode answer = Json.object()
                .put("token", token)
                .put("access_token", token)
                .put("scope", Scopes.text(granted))
                .put("expires_in", Tokens.LIFE.toSeconds())
                .put("issued_at", time.now().truncatedTo(ChronoUnit.SECONDS).toString());
        if (wantsRefresh) {
            users.stamp(user).ifPresent(stamp -> answer.put("refresh_token", tokens.issueRefresh(user, stamp)));
        }
        return new Response.Full(
                200, Headers.of("Content-Type", "application/json", "Cache-Control", "no-store"), Json.bytes(answer));
    }

    private boolean isGranted(String user, Need need) {
        if (need.equals(Need.CATALOG)) {
            return rules.concern(user);
        }
        if (!need.type().equals("repository")) {
            return false;
        }
        try {
            String repository = Reference.parse(need.name()).familiarRepository();
            return Action.of(need.action())
                    .map(action -> rules.of(user).may(repository, action))
                    .orElse(false);
        } catch (ImageFaultException noName) {
            return false;
        }
    }

    private Optional<Response> refusal(String user, String password) throws InterruptedException {
        return switch (users.check(user, password)) {
            case RIGHT -> Optional.empty();
            case WRONG -> Optional.of(unauthorized());
            case BUSY -> Optional.of(new Response.Full(429, Headers.of("Retry-After", "10"), new byte[0]));
        };
    }

    private static Response unauthorized() {
        var tree = Json.object();
        tree.putArray("errors")
                .addObject()
                .put("code", "UNAUTHORIZED")
                .put("message", "incorrect username or password");
        return new Response.Full(
                401,
                Headers.of("Content-Type", "application/json", "WWW-Authenticate", "Basic realm=\"longshore\""),
                Json.bytes(tree));
    }
}
