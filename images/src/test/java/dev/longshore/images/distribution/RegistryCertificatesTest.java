package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.http.HttpServer;
import dev.longshore.http.TlsIdentity;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A registry with a certificate that nobody vouches for, which wants to see one, too.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryCertificatesTest {

    private static final char[] PASSWORD = "password".toCharArray();

    private Path root;

    private TlsIdentity identity;
    private LocalImages images;
    private HttpServer open;
    private HttpServer closed;
    private String openAddress;
    private String closedAddress;

    @BeforeAll
    void serve(@TempDir Path directory) throws Exception {
        root = directory;
        identity = identity();
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        open = new HttpServer("open", new RegistryHandler(images));
        closed = new HttpServer(
                "closed",
                request -> request.peer().certificates().isEmpty()
                        ? dev.longshore.http.Response.text(403, "who are you?")
                        : new RegistryHandler(images).handle(request));
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        openAddress = "localhost:" + open.listen(anywhere, new HttpServer.Tls(() -> identity, List.of()));
        closedAddress = "localhost:" + closed.listen(anywhere, new HttpServer.Tls(() -> identity, identity.chain()));
    }

    @AfterAll
    void close() {
        open.close();
        closed.close();
    }

    @Test
    void anAuthorityOfItsOwnIsBelieved() throws Exception {
        Path authorities = Files.createDirectories(root.resolve("certs-a").resolve(openAddress));
        Files.writeString(
                authorities.resolve("ca.crt"),
                pem("CERTIFICATE", identity.chain().getFirst().getEncoded()));

        check(openAddress, ClientSettings.DEFAULT.withCertificates(authorities.getParent()));
    }

    @Test
    void aCertificateIsShownToThoseWhoWantOne() throws Exception {
        Path directory = Files.createDirectories(root.resolve("certs-b").resolve(closedAddress));
        ClientSettings settings = ClientSettings.DEFAULT.withCertificates(directory.getParent());
        String certificate = pem("CERTIFICATE", identity.chain().getFirst().getEncoded());
        Files.writeString(directory.resolve("ca.crt"), certificate);
        assertThatThrownBy(() -> check(closedAddress, settings)).hasMessageContaining("403");

        Files.writeString(directory.resolve("client.cert"), certificate);
        assertThatThrownBy(() -> check(closedAddress, settings))
                .hasMessageContaining("missing key client.key for client certificate");

        Files.writeString(
                directory.resolve("client.key"),
                pem("PRIVATE KEY", identity.key().getEncoded()));
        check(closedAddress, settings);
    }

    @Test
    void whatIsOnThisMachineIsSpokenToByTlsAndElseInTheOpen() throws Exception {
        ClientSettings settings = ClientSettings.DEFAULT.withCertificates(root.resolve("none"));
        check(openAddress, settings);
        try (var server = new HttpServer("plain", new RegistryHandler(images))) {
            String plain = "localhost:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            check(plain, settings);
        }
    }

    @Test
    void aDirectoryThatHoldsNoCertificatesIsNamed() throws Exception {
        Path directory = Files.createDirectories(root.resolve("certs-c").resolve(openAddress));
        Files.writeString(directory.resolve("ca.crt"), "nothing");

        assertThatThrownBy(() -> check(openAddress, ClientSettings.DEFAULT.withCertificates(directory.getParent())))
                .hasMessageContaining("ca.crt holds no certificates");
    }

    @Test
    void aHostsFileSaysWhoIsBelievedAndWhatIsShown() throws Exception {
        Registries.image(images, "elsewhere.example/app:1", 1, 1000);
        Path directory = Files.createDirectories(root.resolve("hosts").resolve("elsewhere.example"));
        Files.writeString(
                directory.resolve("both.pem"),
                pem("CERTIFICATE", identity.chain().getFirst().getEncoded())
                        + pem("PRIVATE KEY", identity.key().getEncoded()));
        String server = "server = \"https://" + closedAddress + "\"\n";
        Files.writeString(directory.resolve("hosts.toml"), server + "client = \"both.pem\"");
        assertThatThrownBy(() -> pull(directory)).hasMessageContaining("is not trusted");

        Files.writeString(directory.resolve("nothing.pem"), "nothing");
        Files.writeString(directory.resolve("hosts.toml"), server + "ca = \"nothing.pem\"");
        assertThatThrownBy(() -> pull(directory)).hasMessageContaining("nothing.pem holds no certificates");

        Files.writeString(directory.resolve("hosts.toml"), server + "ca = \"both.pem\"");
        assertThatThrownBy(() -> pull(directory)).hasMessageContaining("403");

        Files.writeString(directory.resolve("hosts.toml"), server + "ca = \"both.pem\"\nclient = [\"both.pem\"]");
        pull(directory);
        Files.writeString(directory.resolve("hosts.toml"), server + "skip_verify = true\nclient = \"both.pem\"");
        pull(directory);
    }

    private void pull(Path directory) throws Exception {
        ClientSettings settings =
                ClientSettings.DEFAULT.withHosts(directory.getParent()).withFirstPause(Duration.ofMillis(1));
        LocalImages fresh = LocalImages.open(Files.createTempDirectory(root, "fresh"), "amd64", Time.system());
        try (var client = new DistributionClient(fresh, settings, CredentialSource.NONE)) {
            client.pull(Reference.parse("elsewhere.example/app:1"), Credentials.NONE, Progress.SILENT);
        }
    }

    private void check(String registry, ClientSettings settings) throws Exception {
        try (var client =
                new DistributionClient(images, settings.withFirstPause(Duration.ofMillis(1)), CredentialSource.NONE)) {
            client.check(registry, Credentials.NONE);
        }
    }

    /// As the JDK's own tool makes one.
    private TlsIdentity identity() throws Exception {
        Path file = root.resolve("identity.p12");
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made = new ProcessBuilder(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-ext",
                        "BC=ca:true",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return new TlsIdentity(
                (PrivateKey) store.getKey("it", PASSWORD), List.of((X509Certificate) store.getCertificate("it")));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}
