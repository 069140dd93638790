package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.base.Yaml;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/// `./longshore control-plane` in a process of its own, over a fresh durable store.
final class ServerProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    private static final int HANDSHAKES = 5;

    private final Semaphore handshakes = new Semaphore(4);
    private final Path directory;
    private final Process process;
    private final int port;
    private final HttpDialer.Tls tls;
    private final SSLContext context;

    private ServerProcess(Path directory, Process process, int port, HttpDialer.Tls tls) {
        this.directory = directory;
        this.process = process;
        this.port = port;
        this.tls = tls;
        this.context = context(tls);
    }

    static ServerProcess start(List<String> flags) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("longshore-bench");
        int port = freePort();
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("longshore.home"), "longshore").toString());
        command.addAll(List.of("control-plane", "--data-dir", directory.toString()));
        command.addAll(List.of("--api-port", Integer.toString(port)));
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("bench.log").toFile())
                .start();
        // Also when the benchmark is broken off.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        Path kubeconfig = directory.resolve("kubeconfig");
        var time = Time.system();
        long begun = time.nanoTime();
        while (!Files.exists(kubeconfig)) {
            if (!process.isAlive() || time.nanoTime() - begun > LIMIT.toNanos()) {
                throw new IllegalStateException("no server: see " + directory);
            }
            time.sleep(Duration.ofMillis(20));
        }
        return new ServerProcess(directory, process, port, tls(Yaml.parse(Files.readString(kubeconfig))));
    }

    /// A connection for one request after another. On a busy machine a cold server may be too slow for a
    /// handshake: that is not what is measured.
    BenchClient client() throws IOException {
        IOException last = new IOException("not tried");
        for (int attempt = 0; attempt < HANDSHAKES; attempt++) {
            handshakes.acquireUninterruptibly();
            try {
                return new BenchClient(context, port);
            } catch (IOException refused) {
                last = refused;
            } finally {
                handshakes.release();
            }
        }
        throw last;
    }

    /// For watches.
    HttpDialer dial() {
        return HttpDialer.tls("127.0.0.1", port, tls);
    }

    long pid() {
        return process.pid();
    }

    /// The bytes of all live objects of the server's heap.
    long liveHeap() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asked = new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.class_histogram").start();
        String histogram = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asked.waitFor(1, TimeUnit.MINUTES);
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IllegalStateException("no histogram: " + histogram);
        }
        return Long.parseLong(total.group(1));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Scratch.delete(directory);
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static HttpDialer.Tls tls(JsonNode kubeconfig) {
        JsonNode cluster = kubeconfig.path("clusters").path(0).path("cluster");
        JsonNode user = kubeconfig.path("users").path(0).path("user");
        try {
            var identity = new TlsIdentity(
                    key(decode(user.path("client-key-data"))),
                    certificates(decode(user.path("client-certificate-data"))));
            return new HttpDialer.Tls(
                    certificates(decode(cluster.path("certificate-authority-data"))),
                    Optional.of(identity),
                    Optional.empty());
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalStateException("the kubeconfig's keys cannot be read", unreadable);
        }
    }

    private static SSLContext context(HttpDialer.Tls tls) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            TlsIdentity identity = tls.identity().orElseThrow();
            keys.setKeyEntry(
                    "client", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
            keys.setCertificateEntry("server", tls.authorities().getFirst());
            var ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            ours.init(keys, new char[0]);
            var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(keys);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ours.getKeyManagers(), trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalStateException("the kubeconfig's keys cannot be used", unusable);
        }
    }

    private static byte[] decode(JsonNode base64) {
        return Base64.getDecoder().decode(base64.asString());
    }

    private static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private static PrivateKey key(byte[] pem) throws GeneralSecurityException {
        String text = new String(pem, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text));
        return KeyFactory.getInstance("RSA").generatePrivate(encoded);
    }
}
