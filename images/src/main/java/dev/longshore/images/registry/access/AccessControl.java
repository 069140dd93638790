package dev.longshore.images.registry.access;

import dev.longshore.http.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Users with passwords, rules for them, and tokens for those who ask for some. Thread-safe.
public final class AccessControl implements Access {

    private static final String REALM = "longshore";

    private final Htpasswd users;
    private final AccessRules rules;
    private final Tokens tokens;
    private final Method method;
    private final Function<Request, String> address;

    /// What unknown callers are told to show.
    public enum Method {
        /// Name and password with each request.
        BASIC,
        /// A token.
        TOKEN
    }

    /// @param address where this registry is (`https://host:port`), as the sender of a request sees it
    public AccessControl(
            Htpasswd users, AccessRules rules, Tokens tokens, Method method, Function<Request, String> address) {
        this.users = users;
        this.rules = rules;
        this.tokens = tokens;
        this.method = method;
        this.address = address;
    }

    /// Who sent a request.
    private sealed interface Caller {
        record Nobody() implements Caller {}

        record User(String name) implements Caller {}

        record Bearer(Tokens.Claims claims) implements Caller {}

        record Unproven(String error) implements Caller {}

        record Hurried() implements Caller {}
    }

    @Override
    public Decision decide(Request request, List<Need> needs) throws InterruptedException {
        return switch (caller(request)) {
            case Caller.Nobody() -> {
                Rights rights = rules.of(AccessRules.ANONYMOUS);
                List<Need> missing = missing(needs, rights, rules.concern(AccessRules.ANONYMOUS));
                // Who asks for nothing in particular wants to know how to sign in.
                yield missing.isEmpty() && !needs.isEmpty()
                        ? new Decision.Granted(rights, rights)
                        : challenge(request, needs, "");
            }
            case Caller.User(String name) -> {
                Rights rights = rules.of(name);
                List<Need> missing = missing(needs, rights, true);
                yield missing.isEmpty() ? new Decision.Granted(rights, rights) : new Decision.Denied(missing);
            }
            case Caller.Bearer(Tokens.Claims claims) -> {
                Rights rights = (repository, action) -> claims.access().contains(Need.of(repository, action));
                List<Need> missing = missing(needs, rights, claims.access().contains(Need.CATALOG));
                yield missing.isEmpty()
                        ? new Decision.Granted(rights, rules.of(claims.user()))
                        : challenge(request, needs, "insufficient_scope");
            }
            case Caller.Unproven(String error) -> challenge(request, needs, error);
            case Caller.Hurried() -> new Decision.Busy();
        };
    }

    private Caller caller(Request request) throws InterruptedException {
        Optional<String> header = request.headers().first("Authorization");
        if (header.isEmpty()) {
            return new Caller.Nobody();
        }
        Optional<BasicCredentials> basic = BasicCredentials.of(header.get());
        if (basic.isPresent()) {
            if (basic.get().user().isEmpty() && basic.get().password().isEmpty()) {
                return new Caller.Nobody(); // So skopeo answers a challenge when it has nothing to show.
            }
            return switch (users.check(basic.get().user(), basic.get().password())) {
                case RIGHT -> new Caller.User(basic.get().user());
                case WRONG -> new Caller.Unproven("");
                case BUSY -> new Caller.Hurried();
            };
        }
        boolean isBearer = header.get().regionMatches(true, 0, "Bearer ", 0, 7);
        Optional<Tokens.Claims> claims =
                isBearer ? tokens.check(header.get().substring(7).strip()) : Optional.empty();
        return claims.isPresent() ? new Caller.Bearer(claims.get()) : new Caller.Unproven("invalid_token");
    }

    private static List<Need> missing(List<Need> needs, Rights rights, boolean mayList) {
        return needs.stream()
                .filter(need -> need.equals(Need.CATALOG)
                        ? !mayList
                        : Action.of(need.action())
                                .map(action -> !rights.may(need.name(), action))
                                .orElse(true))
                .toList();
    }

    private Decision challenge(Request request, List<Need> needs, String error) {
        if (method == Method.BASIC) {
            return new Decision.Challenged("Basic realm=\"" + REALM + "\"", needs);
        }
        var text = new StringBuilder("Bearer realm=\"")
                .append(address.apply(request))
                .append("/token\",service=\"")
                .append(tokens.service())
                .append('"');
        String scopes = Scopes.text(needs);
        if (!scopes.isEmpty()) {
            text.append(",scope=\"").append(scopes).append('"');
        }
        if (!error.isEmpty()) {
            text.append(",error=\"").append(error).append('"');
        }
        return new Decision.Challenged(text.toString(), needs);
    }
}
