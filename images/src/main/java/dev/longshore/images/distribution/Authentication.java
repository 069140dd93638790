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
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// How one transfer shows who it is: not at all, by name and password, or by a token that the registry sends it
/// to fetch (distribution-spec, token authentication). For one thread.
final class Authentication {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern PARAMETER = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\"");

    private final HttpClient http;
    private final Credentials credentials;
    private Optional<String> header = Optional.empty();

    Authentication(HttpClient http, Credentials credentials) {
        this.http = http;
        this.credentials = credentials;
    }

    /// What to send as Authorization.
    Optional<String> header() {
        return header;
    }

    /// Answers a 401 with `challenge`; true if there is now something new to send.
    boolean answer(URI registry, String challenge, String scope) throws IOException, InterruptedException {
        String scheme = challenge.split(" ", 2)[0];
        Optional<String> next =
                switch (scheme.toLowerCase(java.util.Locale.ROOT)) {
                    case "basic" -> credentials.username().isEmpty() ? Optional.empty() : Optional.of(basic());
                    case "bearer" -> Optional.of("Bearer " + token(registry, parameters(challenge), scope));
                    default -> Optional.empty();
                };
        boolean isNew = next.isPresent() && !next.equals(header);
        header = next;
        return isNew;
    }

    private String token(URI registry, Map<String, String> parameters, String scope)
            throws IOException, InterruptedException {
        String realm = parameters.getOrDefault("realm", "");
        URI address;
        try {
            address = registry.resolve(realm);
        } catch (IllegalArgumentException wrong) {
            throw refused(registry, 0, "invalid token realm");
        }
        String wanted = parameters.getOrDefault("scope", scope);
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(LIMIT);
        if (!credentials.identityToken().isEmpty()) {
            request.uri(address)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=refresh_token&client_id=longshore&service="
                            + encode(parameters.getOrDefault("service", "")) + "&scope=" + encode(wanted)
                            + "&refresh_token=" + encode(credentials.identityToken())));
        } else {
            String query = "service=" + encode(parameters.getOrDefault("service", "")) + "&scope=" + encode(wanted);
            request.uri(URI.create(address + (address.getQuery() == null ? "?" : "&") + query));
            if (credentials.isSomebody()) {
                request.header("Authorization", basic());
            }
        }
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw refused(registry, response.statusCode(), "unauthorized: incorrect username or password");
        }
        JsonNode answer = Json.parse(response.body());
        return answer.path("token").asString(answer.path("access_token").asString(""));
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
