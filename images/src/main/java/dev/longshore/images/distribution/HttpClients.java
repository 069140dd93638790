package dev.longshore.images.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// One client for all registries, and one of its own for each that has authorities of its own: what one registry
/// may be vouched for by is nothing to the others. Thread-safe.
final class HttpClients implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);

    private final Path certificates;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("registry-client-", 0).factory());
    private final HttpClient usual = builder().build();
    private final Map<String, HttpClient> special = new ConcurrentHashMap<>();

    HttpClients(Path certificates) {
        this.certificates = certificates;
    }

    /// The client for `host` (`host:port`).
    HttpClient of(String host) throws IOException {
        HttpClient known = special.get(host);
        if (known != null) {
            return known;
        }
        Path directory = certificates.resolve(host);
        if (!directory.getParent().equals(certificates) || !Files.isDirectory(directory)) {
            return usual;
        }
        var fresh = builder().sslContext(trusting(authorities(directory))).build();
        HttpClient other = special.putIfAbsent(host, fresh);
        return other == null ? fresh : other;
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
                .executor(threads);
    }

    private static List<X509Certificate> authorities(Path directory) throws IOException {
        var found = new java.util.ArrayList<X509Certificate>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".crt"))
                    .sorted()
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(in)
                            .forEach(certificate -> found.add((X509Certificate) certificate));
                } catch (GeneralSecurityException unreadable) {
                    throw new IOException(file + " holds no certificates: " + unreadable.getMessage(), unreadable);
                }
            }
        }
        return found;
    }

    /// The usual authorities and `more`.
    private static SSLContext trusting(List<X509Certificate> more) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            var usual = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            usual.init((KeyStore) null);
            for (TrustManager manager : usual.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    for (X509Certificate authority : x509.getAcceptedIssuers()) {
                        store.setCertificateEntry("usual-" + store.size(), authority);
                    }
                }
            }
            for (X509Certificate authority : more) {
                store.setCertificateEntry("own-" + store.size(), authority);
            }
            var all = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            all.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, all.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException("unusable certificate authorities: " + unusable.getMessage(), unusable);
        }
    }
}
