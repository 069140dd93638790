package dev.longshore.images.distribution;

import dev.longshore.base.Json;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/// Requests to one repository of one registry: finds the address, shows credentials when asked, follows
/// redirects without taking credentials along, tries again what fails for the moment. Thread-safe.
final class RegistryConnection {

    private static final Duration HEAD_LIMIT = Duration.ofSeconds(60);
    private static final long SLOWEST_BYTES_A_SECOND = 64 << 10;
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int LARGEST_ERROR = 64 << 10;

    private final HttpClients.Trusting http;
    private final RegistryHost host;
    private final String repository;
    private final Authentication authentication;
    private final Pauses pauses;
    private final Warnings warnings;

    RegistryConnection(
            HttpClients http,
            RegistryHost host,
            String repository,
            List<String> scopes,
            Credentials credentials,
            Pauses pauses) {
        this.http = http.trusting(host.trust());
        this.host = host;
        this.repository = repository;
        this.authentication = new Authentication(this.http, credentials, scopes, pauses);
        this.pauses = pauses;
        this.warnings = new Warnings(host.name());
    }

    /// A request's body, made as often as it has to be sent.
    interface Body {
        /// Nothing.
        Body NONE = new Body() {
            @Override
            public HttpRequest.BodyPublisher publisher() {
                return HttpRequest.BodyPublishers.noBody();
            }

            @Override
            public long size() {
                return 0;
            }
        };

        HttpRequest.BodyPublisher publisher() throws IOException;

        long size();

        static Body of(byte[] bytes) {
            return new Body() {
                @Override
                public HttpRequest.BodyPublisher publisher() {
                    return HttpRequest.BodyPublishers.ofByteArray(bytes);
                }

                @Override
                public long size() {
                    return bytes.length;
                }
            };
        }
    }

    /// The address of `path` in this repository.
    URI address(String path) {
        String namespace =
                host.namespace().isEmpty() ? "" : (path.indexOf('?') < 0 ? "?" : "&") + "ns=" + host.namespace();
        return host.base().resolve(host.root() + (repository.isEmpty() ? "" : repository + "/") + path + namespace);
    }

    /// The registry's name, for messages.
    String name() {
        return host.name();
    }

    /// Whether it may be asked for such a thing.
    boolean may(RegistryHost.Capability capability) {
        return host.capabilities().contains(capability);
    }

    /// What the registry has warned of so far, each once.
    List<String> warnings() {
        return warnings.texts();
    }

    /// How long to wait between attempts.
    Pauses pauses() {
        return pauses;
    }

    /// Asks for `address`, again and again while the registry is overloaded or the connection breaks. The caller
    /// closes the body.
    HttpResponse<InputStream> send(String method, URI address, Map<String, String> headers, Body body)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = sendOnce(method, address, headers, body);
                if (!Pauses.isPassing(response.statusCode()) || !pauses.mayRetry(attempt)) {
                    return response;
                }
                response.body().close();
                pauses.pause(attempt, response);
            } catch (ConnectException | HttpTimeoutException | SSLException unreachable) {
                throw unreachable(unreachable);
            } catch (IOException brokenOff) {
                if (!pauses.mayRetry(attempt)) {
                    throw unreachable(brokenOff);
                }
                pauses.pause(attempt);
            }
        }
    }

    /// As [#send] with no body.
    HttpResponse<InputStream> send(String method, URI address, Map<String, String> headers)
            throws IOException, InterruptedException {
        return send(method, address, headers, Body.NONE);
    }

    /// As [#send], but at most once (and once more after a challenge).
    HttpResponse<InputStream> sendOnce(String method, URI address, Map<String, String> headers, Body body)
            throws IOException, InterruptedException {
        // An upload may be sent to another host, which is nobody to show anything to.
        boolean isOwn = isOwn(address);
        Optional<String> shown = isOwn ? authentication.header() : Optional.empty();
        HttpResponse<InputStream> response = once(method, address, headers, body, shown);
        if (response.statusCode() == 401 && isOwn) {
            List<String> challenges = response.headers().allValues("WWW-Authenticate");
            response.body().close();
            if (!authentication.answer(host.base(), challenges, shown)) {
                throw fault(401, "unauthorized: authentication required");
            }
            response = once(method, address, headers, body, authentication.header());
        }
        URI at = address;
        for (int hops = 0; isRedirect(method, response); hops++) {
            if (hops == MOST_REDIRECTS) {
                throw fault(response.statusCode(), "too many redirects");
            }
            response.body().close();
            at = redirected(at, response);
            response = once(method, at, headers, body, isOwn(at) ? authentication.header() : Optional.empty());
        }
        return response;
    }

    /// The fault that an answer which was not hoped for spells; closes it.
    ImageFaultException refused(HttpResponse<InputStream> response, String what) throws IOException {
        byte[] body;
        try (InputStream in = response.body()) {
            body = in.readNBytes(LARGEST_ERROR);
        }
        return fault(response.statusCode(), what + ": " + reason(response.statusCode(), body));
    }

    /// The fault of a registry that cannot be spoken to.
    ImageFaultException unreachable(IOException why) {
        String what =
                switch (why) {
                    case HttpTimeoutException silent -> "does not answer";
                    case SSLException unsure -> "is not trusted: " + unsure.getMessage();
                    case ConnectException away -> "cannot be reached";
                    default -> "breaks off: " + why.getMessage();
                };
        return new ImageFaultException(new ImageFault.Registry(host.base().toString(), 0, what), why);
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
            String method, URI address, Map<String, String> headers, Body body, Optional<String> authorization)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address)
                .timeout(HEAD_LIMIT.plusSeconds(body.size() / SLOWEST_BYTES_A_SECOND))
                .method(method, body.publisher())
                .header("User-Agent", "longshore");
        headers.forEach(request::header);
        if (isOwn(address)) {
            host.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        }
        authorization.ifPresent(value -> request.header("Authorization", value));
        HttpResponse<InputStream> response = http.send(request, address, HttpResponse.BodyHandlers.ofInputStream());
        if (isOwn(address)) {
            warnings.read(response.headers().allValues("Warning"));
        }
        return response;
    }

    private URI redirected(URI from, HttpResponse<InputStream> response) {
        URI to;
        try {
            to = from.resolve(response.headers().firstValue("Location").orElse(""));
        } catch (IllegalArgumentException none) {
            throw fault(response.statusCode(), "redirects to no address");
        }
        boolean isAddress = to.getHost() != null && ("http".equals(to.getScheme()) || "https".equals(to.getScheme()));
        if (!isAddress) {
            throw fault(response.statusCode(), "redirects to no address");
        }
        return to;
    }

    /// True if `address` is the registry itself.
    private boolean isOwn(URI address) {
        URI base = host.base();
        return base.getScheme().equalsIgnoreCase(address.getScheme())
                && base.getHost().equalsIgnoreCase(address.getHost())
                && port(base) == port(address);
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static boolean isRedirect(String method, HttpResponse<InputStream> response) {
        boolean keepsMethod = response.statusCode() == 307 || response.statusCode() == 308;
        return REDIRECTS.contains(response.statusCode())
                && (keepsMethod || method.equals("GET") || method.equals("HEAD"))
                && response.headers().firstValue("Location").isPresent();
    }

    private ImageFaultException fault(int status, String why) {
        return new ImageFaultException(new ImageFault.Registry(host.name(), status, why));
    }
}
