package dev.longshore.images.distribution;

import dev.longshore.base.Json;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// Requests to one repository of one registry: finds the address, shows credentials when asked, follows
/// redirects without taking credentials along. For one thread.
final class RegistryConnection {

    private static final Duration HEAD_LIMIT = Duration.ofSeconds(60);
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int LARGEST_ERROR = 64 << 10;

    private final HttpClient http;
    private final RegistryHost host;
    private final String repository;
    private final String scope;
    private final Authentication authentication;

    RegistryConnection(HttpClient http, RegistryHost host, String repository, String actions, Credentials credentials) {
        this.http = http;
        this.host = host;
        this.repository = repository;
        this.scope = repository.isEmpty() ? "" : "repository:" + repository + ":" + actions;
        this.authentication = new Authentication(http, credentials);
    }

    /// Makes a request's body, as often as it has to be sent.
    @FunctionalInterface
    interface Body {
        HttpRequest.BodyPublisher publisher() throws IOException;
    }

    /// The address of `path` in this repository.
    URI address(String path) {
        return host.base().resolve("/v2/" + (repository.isEmpty() ? "" : repository + "/") + path);
    }

    /// The registry's name, for messages.
    String name() {
        return host.name();
    }

    /// Asks for `address`. The caller closes the body.
    HttpResponse<InputStream> send(String method, URI address, Map<String, String> headers, Body body)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = once(method, address, headers, body, true);
        if (response.statusCode() == 401) {
            String challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
            response.body().close();
            if (!authentication.answer(host.base(), challenge, scope)) {
                throw fault(401, "unauthorized: authentication required");
            }
            response = once(method, address, headers, body, true);
        }
        URI at = address;
        for (int hops = 0; isRedirect(method, response); hops++) {
            if (hops == MOST_REDIRECTS) {
                throw fault(response.statusCode(), "too many redirects");
            }
            response.body().close();
            at = at.resolve(response.headers().firstValue("Location").orElse(""));
            response = once(method, at, headers, body, at.getAuthority().equals(address.getAuthority()));
        }
        return response;
    }

    /// As [#send] with no body.
    HttpResponse<InputStream> send(String method, URI address, Map<String, String> headers)
            throws IOException, InterruptedException {
        return send(method, address, headers, HttpRequest.BodyPublishers::noBody);
    }

    /// The fault that an answer which was not hoped for spells; closes it.
    ImageFaultException refused(HttpResponse<InputStream> response, String what) throws IOException {
        byte[] body;
        try (InputStream in = response.body()) {
            body = in.readNBytes(LARGEST_ERROR);
        }
        return fault(response.statusCode(), what + ": " + reason(response.statusCode(), body));
    }

    private static String reason(int status, byte[] body) {
        try {
            var first = Json.parse(body).path("errors").path(0);
            String message = first.path("message").asString("");
            String code = first.path("code").asString("");
            if (!message.isEmpty() || !code.isEmpty()) {
                return message.isEmpty() ? code : message;
            }
        } catch (Json.MalformedException noJson) {
            return "status " + status;
        }
        return "status " + status;
    }

    private HttpResponse<InputStream> once(
            String method, URI address, Map<String, String> headers, Body body, boolean withCredentials)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address)
                .timeout(HEAD_LIMIT)
                .method(method, body.publisher())
                .header("User-Agent", "longshore");
        headers.forEach(request::header);
        if (withCredentials) {
            authentication.header().ifPresent(value -> request.header("Authorization", value));
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException unreachable) {
            throw new ImageFaultException(
                    new ImageFault.Registry(host.base().toString(), 0, "cannot be reached"), unreachable);
        } catch (java.net.http.HttpTimeoutException silent) {
            throw new ImageFaultException(
                    new ImageFault.Registry(host.base().toString(), 0, "does not answer"), silent);
        }
    }

    private static boolean isRedirect(String method, HttpResponse<InputStream> response) {
        return REDIRECTS.contains(response.statusCode())
                && (method.equals("GET") || method.equals("HEAD"))
                && response.headers().firstValue("Location").isPresent();
    }

    private ImageFaultException fault(int status, String why) {
        return new ImageFaultException(new ImageFault.Registry(host.name(), status, why));
    }
}
