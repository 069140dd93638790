package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.model.GroupResource;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import tools.jackson.databind.JsonNode;

/// Calls webhooks over TLS: by URL, or a service of the cluster by its address, whose certificate must name it
/// `NAME.NAMESPACE.svc`. Whoever the bundle of authorities names is believed, or those that the JDK believes where
/// there is none. Every call has a connection of its own. Thread-safe.
public final class WebhookDialer implements OutboundCall {

    private static final GroupResource SERVICES = new GroupResource("", "services");
    private static final int HTTPS = 443;
    private static final int SUCCESS = 2;
    private static final int LARGEST = 16 * 1024 * 1024;
    private static final int SHOWN = 512;

    private final Supplier<Registry> registry;

    /// @param registry where services are looked up
    public WebhookDialer(Supplier<Registry> registry) {
        this.registry = registry;
    }

    /// Where a webhook is.
    ///
    /// @param name of the server, as its certificate must have it
    private record Place(String host, int port, String path, String name) {
        String url() {
            return "https://" + name + ":" + port + path;
        }
    }

    @Override
    public JsonNode post(JsonNode client, JsonNode body, Duration limit) throws Failed {
        Place place = place(client);
        var tls = new HttpDialer.Tls(
                authorities(client.path("caBundle").asString("")), Optional.empty(), Optional.of(place.name));
        try (HttpDialer dialer = HttpDialer.tls(place.host, place.port, tls)) {
            Headers headers = Headers.of("Accept", "application/json", "Content-Type", "application/json");
            var call = HttpDialer.Call.of("POST", place.path, headers, Json.bytes(body));
            try (HttpDialer.Answer answer = dialer.exchange(call, limit)) {
                return read(answer);
            }
        } catch (IOException unreachable) {
            throw new Failed("Post \"" + place.url() + "\": " + unreachable.getMessage(), unreachable);
        }
    }

    private static JsonNode read(HttpDialer.Answer answer) throws IOException, Failed {
        byte[] bytes = answer.body().readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw new Failed("the answer is larger than " + LARGEST + " bytes", null);
        }
        if (answer.status() / 100 != SUCCESS) {
            String text = new String(bytes, 0, Math.min(SHOWN, bytes.length), java.nio.charset.StandardCharsets.UTF_8);
            throw new Failed("the server answered " + answer.status() + ": " + text.strip(), null);
        }
        try {
            return Json.parse(bytes);
        } catch (Json.MalformedException notJson) {
            throw new Failed(notJson.getMessage(), notJson);
        }
    }

    private Place place(JsonNode client) throws Failed {
        JsonNode service = client.path("service");
        if (service.isObject()) {
            String name = service.path("name").asString("");
            String namespace = service.path("namespace").asString("");
            int port = service.path("port").asInt(HTTPS);
            String path = service.path("path").asString("");
            return new Place(
                    address(namespace, name, port), port, path.isEmpty() ? "/" : path, name + "." + namespace + ".svc");
        }
        try {
            var url = new URI(client.path("url").asString(""));
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            if (url.getHost() == null) {
                throw new Failed("a webhook's url has no host: " + url, null);
            }
            return new Place(url.getHost(), url.getPort() < 0 ? HTTPS : url.getPort(), path, url.getHost());
        } catch (URISyntaxException malformed) {
            throw new Failed(malformed.getMessage(), malformed);
        }
    }

    private String address(String namespace, String name, int port) throws Failed {
        Resource service = registry.get()
                .get(SERVICES, namespace, name)
                .orElseThrow(() -> new Failed("service \"" + name + "\" not found", null));
        boolean hasPort = service.at("spec", "ports")
                .valueStream()
                .anyMatch(each -> each.path("port").asInt(0) == port);
        if (!hasPort) {
            throw new Failed("no service port " + port + " found for service \"" + name + "\"", null);
        }
        String address = service.text("spec", "clusterIP");
        if (address.isEmpty() || address.equals("None")) {
            throw new Failed("service \"" + name + "\" has no cluster IP", null);
        }
        return address;
    }

    /// @param bundle PEM in base64; the JDK's own authorities where it is empty
    private static List<X509Certificate> authorities(String bundle) throws Failed {
        try {
            if (bundle.isEmpty()) {
                return believedByTheJdk();
            }
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(Base64.getMimeDecoder().decode(bundle)));
            if (certificates.isEmpty()) {
                throw new Failed("the caBundle holds no certificate", null);
            }
            return certificates.stream().map(X509Certificate.class::cast).toList();
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw new Failed("the caBundle cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    private static List<X509Certificate> believedByTheJdk() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (var manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                return List.of(trust.getAcceptedIssuers());
            }
        }
        throw new GeneralSecurityException("the JDK believes nobody");
    }
}
