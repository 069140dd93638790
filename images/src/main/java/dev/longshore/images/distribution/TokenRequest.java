package dev.longshore.images.distribution;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// What a token server is asked for (distribution's token and OAuth 2 specifications).
///
/// @param realm where it is
/// @param scopes such as `repository:team/app:pull,push`
record TokenRequest(URI realm, String service, List<String> scopes) {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    TokenRequest {
        scopes = List.copyOf(scopes);
    }

    /// As a GET, which shows name and password if there are any.
    HttpRequest.Builder byPassword(Credentials credentials) {
        var query = new StringBuilder("service=").append(encode(service));
        for (String scope : scopes) {
            query.append("&scope=").append(encode(scope));
        }
        boolean isSomebody = !credentials.username().isEmpty();
        if (isSomebody) {
            query.append("&account=").append(encode(credentials.username()));
        }
        var request = HttpRequest.newBuilder(URI.create(realm + (realm.getQuery() == null ? "?" : "&") + query))
                .timeout(LIMIT);
        return isSomebody ? request.header("Authorization", basic(credentials)) : request;
    }

    /// As a POST with a refresh token, as in OAuth 2.
    HttpRequest.Builder byRefreshToken(String refreshToken) {
        return HttpRequest.newBuilder(realm)
                .timeout(LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=refresh_token&client_id=longshore&service="
                        + encode(service) + "&scope=" + encode(String.join(" ", scopes))
                        + "&refresh_token=" + encode(refreshToken)));
    }

    static String basic(Credentials credentials) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((credentials.username() + ":" + credentials.password())
                                .getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
