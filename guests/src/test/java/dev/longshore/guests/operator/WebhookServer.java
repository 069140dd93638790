package dev.longshore.guests.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Webhooks over TLS on loopback, with a certificate of their own.
final class WebhookServer implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final HttpsServer server;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final KubernetesSerialization serialization;
    private final String authority;

    /// @param directory for its keys
    /// @param serialization knows the kinds that it is asked about
    WebhookServer(Path directory, KubernetesSerialization serialization)
            throws IOException, InterruptedException, GeneralSecurityException {
        this.serialization = serialization;
        KeyStore keys = keys(directory.resolve("webhooks.p12"));
        this.authority = Base64.getEncoder().encodeToString(pem(keys).getBytes(StandardCharsets.US_ASCII));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        server.setExecutor(workers);
        server.start();
    }

    /// Answers reviews at `path`.
    <T> void serve(String path, Class<T> review, UnaryOperator<T> answer) {
        server.createContext(path, exchange -> answer(exchange, review, answer));
    }

    private <T> void answer(HttpExchange exchange, Class<T> review, UnaryOperator<T> answer) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody()) {
            T asked = serialization.unmarshal(body, review);
            byte[] bytes = serialization.asJson(answer.apply(asked)).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    String url(String path) {
        return "https://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /// The `caBundle` of those who call it.
    String authority() {
        return authority;
    }

    @Override
    public void close() {
        server.stop(0);
        workers.close();
    }

    private static KeyStore keys(Path file) throws IOException, InterruptedException, GeneralSecurityException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process making = new ProcessBuilder(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "webhooks",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=webhooks",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(making.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (making.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(KeyStore keys) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getCertificate("webhooks").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
