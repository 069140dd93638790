package dev.longshore.images.distribution;

import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

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
    private final Map<HostTrust, HttpClient> trusting = new ConcurrentHashMap<>();

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

    /// The client of one place, for what it asks for elsewhere, too (tokens, what it redirects to), as containerd
    /// has it.
    Trusting trusting(HostTrust trust) {
        return new Trusting(this, trust);
    }

    /// Sends as [#send] does, believing whom `trust` says.
    record Trusting(HttpClients clients, HostTrust trust) {

        <T> HttpResponse<T> send(HttpRequest.Builder request, URI address, HttpResponse.BodyHandler<T> handler)
                throws IOException, InterruptedException {
            return clients.send(trust, request, address, handler);
        }
    }

    private <T> HttpResponse<T> send(
            HostTrust trust, HttpRequest.Builder request, URI address, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        if (trust.isUsual()) {
            return send(request, address, handler);
        }
        settings.proxies()
                .authorization(address)
                .ifPresent(credentials -> request.header("Proxy-Authorization", credentials));
        return of(trust).send(request.build(), handler);
    }

    /// @throws ImageFaultException when a certificate cannot be used: asking again would not help
    private HttpClient of(HostTrust trust) {
        HttpClient known = trusting.get(trust);
        if (known != null) {
            return known;
        }
        SSLContext context;
        try {
            context = trust.believesAnybody()
                    ? RegistryCertificates.believingAnybody(trust)
                    : RegistryCertificates.context(trust);
        } catch (IOException unusable) {
            throw new ImageFaultException(new ImageFault.Malformed("hosts.toml", unusable.getMessage()), unusable);
        }
        HttpClient fresh = builder().sslContext(context).build();
        HttpClient other = trusting.putIfAbsent(trust, fresh);
        return other == null ? fresh : other;
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
        return isInsecure ? Optional.of(RegistryCertificates.believingAnybody(HostTrust.USUAL)) : Optional.empty();
    }

    @Override
    public void close() {
        usual.shutdownNow();
        special.values().forEach(HttpClient::shutdownNow);
        trusting.values().forEach(HttpClient::shutdownNow);
        threads.shutdownNow();
    }

    private HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies().selector())
                .executor(threads);
    }
}
