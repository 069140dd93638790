package dev.longshore.images.distribution;

import dev.longshore.base.Json;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// How one transfer shows who it is: not at all, by name and password, or by a token that the registry sends it
/// to fetch (distribution-spec, token authentication). Thread-safe: those who are challenged together fetch one
/// token together.
final class Authentication {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern PARAMETER = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\"");

    private final HttpClient http;
    private final Credentials credentials;
    private final List<String> scopes;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Optional<String> header = Optional.empty();

    /// @param scopes what the transfer is going to need
    Authentication(HttpClient http, Credentials credentials, List<String> scopes) {
        this.http = http;
        this.credentials = credentials;
        this.scopes = List.copyOf(scopes);
    }

    /// What to send as Authorization.
    Optional<String> header() {
        return header;
    }

    /// Answers a 401 with `challenge` to a request that showed `shown`; true if there is now something else to
    /// send.
    boolean answer(URI registry, String challenge, Optional<String> shown) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (!header.equals(shown)) {
                return true; // Somebody else has just answered it.
            }
            String scheme = challenge.split(" ", 2)[0];
            Optional<String> next =
                    switch (scheme.toLowerCase(Locale.ROOT)) {
                        case "basic" -> credentials.username().isEmpty() ? Optional.empty() : Optional.of(basic());
                        case "bearer" -> Optional.of("Bearer " + token(registry, parameters(challenge)));
                        default -> Optional.empty();
                    };
            boolean isNew = next.isPresent() && !next.equals(header);
            header = next;
            return isNew;
        } finally {
            turn.unlock();
        }
    }

    private String token(URI registry, Map<String, String> parameters) throws IOException, InterruptedException {
        URI address = realm(registry, parameters.getOrDefault("realm", ""));
        var wanted = new ArrayList<>(scopes);
        String asked = parameters.getOrDefault("scope", "");
        if (!asked.isEmpty() && (scopes.isEmpty() || !covers(asked))) {
            wanted.add(asked);
        }
        String service = parameters.getOrDefault("service", "");
        HttpRequest request = credentials.identityToken().isEmpty()
                ? byPassword(address, service, wanted)
                : byRefreshToken(address, service, wanted);
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw refused(registry, response.statusCode(), "unauthorized: incorrect username or password");
        }
        try {
            JsonNode answer = Json.parse(response.body());
            return answer.path("token").asString(answer.path("access_token").asString(""));
        } catch (Json.MalformedException noJson) {
            throw refused(registry, response.statusCode(), "the token endpoint does not answer with JSON");
        }
    }

    private static URI realm(URI registry, String realm) {
        URI address;
        try {
            address = registry.resolve(realm);
        } catch (IllegalArgumentException wrong) {
            throw refused(registry, 0, "invalid token realm");
        }
        // A password that may travel encrypted only is not given away in the open.
        if (registry.getScheme().equals("https") && !"https".equals(address.getScheme())) {
            throw refused(registry, 0, "the token realm " + address + " is not encrypted");
        }
        return address;
    }

    private HttpRequest byPassword(URI address, String service, List<String> wanted) {
        var query = new StringBuilder("service=").append(encode(service));
        for (String scope : wanted) {
            query.append("&scope=").append(encode(scope));
        }
        if (!credentials.username().isEmpty()) {
            query.append("&account=").append(encode(credentials.username()));
        }
        var request = HttpRequest.newBuilder(URI.create(address + (address.getQuery() == null ? "?" : "&") + query))
                .timeout(LIMIT);
        if (!credentials.username().isEmpty()) {
            request.header("Authorization", basic());
        }
        return request.build();
    }

    private HttpRequest byRefreshToken(URI address, String service, List<String> wanted) {
        return HttpRequest.newBuilder(address)
                .timeout(LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=refresh_token&client_id=longshore&service="
                        + encode(service) + "&scope=" + encode(String.join(" ", wanted))
                        + "&refresh_token=" + encode(credentials.identityToken())))
                .build();
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

    private String basic() {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((credentials.username() + ":" + credentials.password())
                                .getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> parameters(String challenge) {
        var parameters = new HashMap<String, String>();
        for (Matcher parameter = PARAMETER.matcher(challenge); parameter.find(); ) {
            parameters.put(parameter.group(1), parameter.group(2));
        }
        return parameters;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static ImageFaultException refused(URI registry, int status, String why) {
        return new ImageFaultException(new ImageFault.Registry(registry.getHost(), status, why));
    }
}
