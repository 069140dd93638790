package dev.longshore.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientsOverTlsTest {

    private static final String MAP = """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"default","name":"%s","resourceVersion":"%d"},\
            "data":{"user":"%s"}}""";

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicInteger watches = new AtomicInteger();
    private final KeyPair authorityKeys = keys();
    private final X509Certificate authority = sign("ca", authorityKeys, true);
    private final KeyPair clientKeys = keys();
    private HttpServer server;
    private URI address;

    ClientsOverTlsTest() throws Exception {}

    @BeforeEach
    void start() throws Exception {
        KeyPair serverKeys = keys();
        var identity = new TlsIdentity(serverKeys.getPrivate(), List.of(sign("server", serverKeys, false)));
        server = new HttpServer(
                "api", this::answer, Time.system(), HttpServer.Limits.DEFAULT.withGrace(Duration.ofMillis(100)));
        int port = server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpServer.Tls(() -> identity, List.of(authority)));
        address = URI.create("https://127.0.0.1:" + port);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theServerKnowsTheClientByItsCertificate() throws Exception {
        try (var client = withCertificate()) {
            assertThat(user(client)).isEqualTo("CN=alice");
        }
    }

    @Test
    void theServerKnowsTheClientByItsToken() throws Exception {
        try (var client = Clients.overTls(address, pem(authority), "secret")) {
            assertThat(user(client)).isEqualTo("Bearer secret");
        }
    }

    @Test
    void anInformerHearsWhatHappensAndItsEndReachesTheServer() throws Exception {
        try (var client = withCertificate()) {
            var informers = new Informers(client, Time.system());
            var heard = new LinkedBlockingQueue<String>();
            informers.onChange(
                    ConfigMap.class, map -> heard.add(map.getMetadata().getName()));
            informers.start();
            await().until(() -> heard.contains("a"));

            events.add("{\"type\":\"ADDED\",\"object\":" + MAP.formatted("b", 8, "x") + "}");

            await().until(() -> heard.contains("b"));
            informers.close();
            await().until(() -> watches.get() == 0);
        }
    }

    private Response answer(Request request) {
        var json = Headers.of("Content-Type", "application/json");
        if (request.query().isSet("watch")) {
            return new Response.Stream(200, json, out -> {
                watches.incrementAndGet();
                try {
                    out.flush();
                    while (true) {
                        out.write((events.take() + "\n").getBytes(UTF_8));
                        out.flush();
                    }
                } finally {
                    watches.decrementAndGet();
                }
            });
        }
        String map = MAP.formatted("a", 7, who(request));
        String body = request.path().endsWith("/a")
                ? map
                : "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMapList\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":["
                        + map + "]}";
        return new Response.Full(200, json, body.getBytes(UTF_8));
    }

    private static String who(Request request) {
        return request.peer().certificates().stream()
                .findFirst()
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .orElseGet(() -> request.headers().first("Authorization").orElse("nobody"));
    }

    private KubernetesClient withCertificate() throws Exception {
        return Clients.overTls(
                address, pem(authority), pem(sign("alice", clientKeys, false)), pem(clientKeys.getPrivate()));
    }

    private static String user(KubernetesClient client) {
        return client.configMaps()
                .inNamespace("default")
                .withName("a")
                .get()
                .getData()
                .get("user");
    }

    private X509Certificate sign(String name, KeyPair owner, boolean isAuthority) throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                new X500Principal("CN=ca"),
                BigInteger.valueOf(System.identityHashCode(owner)),
                Date.from(Instant.now().minus(Duration.ofHours(1))),
                Date.from(Instant.now().plus(Duration.ofHours(1))),
                new X500Principal("CN=" + name),
                owner.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    private static String pem(Key key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + kind + "-----\n";
    }
}
