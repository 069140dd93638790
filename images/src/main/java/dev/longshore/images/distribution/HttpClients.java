package dev.longshore.images.distribution;

import dev.longshore.http.TrustInEverybody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// One client for all registries, and one of its own for each that has certificates of its own or is called insecure:
/// what one registry may be vouched for by is nothing to the others, also not to those that it redirects to.
/// Thread-safe.
final class HttpClients implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);

    private final ClientSettings settings;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("registry-client-", 0).factory());
    private final HttpClient usual;
    private final Map<String, HttpClient> special = new ConcurrentHashMap<>();

    HttpClients(ClientSettings settings) {
        this.settings = settings;
        this.usual = builder().build();
    }

    /// Sends `request` to `address`, which is set here, through the proxy that is meant for it.
    <T> HttpResponse<T> send(HttpRequest.Builder request, URI address, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        settings.proxies()
                .authorization(address)
                .ifPresent(credentials -> request.header("Proxy-Authorization", credentials));
        return of(address).send(request.build(), handler);
    }

    private HttpClient of(URI address) throws IOException {
        if (!"https".equals(address.getScheme())) {
            return usual;
        }
        String host = address.getAuthority();
        HttpClient known = special.get(host);
        if (known != null) {
            return known;
        }
        Optional<SSLContext> own = context(host);
        if (own.isEmpty()) {
            return usual;
        }
        HttpClient fresh = builder().sslContext(own.get()).build();
        HttpClient other = special.putIfAbsent(host, fresh);
        return other == null ? fresh : other;
    }

    private Optional<SSLContext> context(String host) throws IOException {
        Path directory = settings.certificates().resolve(host);
        if (directory.getParent().equals(settings.certificates()) && Files.isDirectory(directory)) {
            return Optional.of(RegistryCertificates.context(directory));
        }
        boolean isInsecure = settings.insecure().contains(host) || RegistryHost.isLoopback(host);
        return isInsecure ? Optional.of(believingAnybody()) : Optional.empty();
    }

    @Override
    public void close() {
        usual.shutdownNow();
        special.values().forEach(HttpClient::shutdownNow);
        threads.shutdownNow();
    }

    private HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies().selector())
                .executor(threads);
    }

    /// Only for registries that the operator calls insecure, and this machine's own.
    private static SSLContext believingAnybody() throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustInEverybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IOException("no TLS: " + impossible.getMessage(), impossible);
        }
    }
}
