package dev.longshore.journeys;

import dev.longshore.base.Time;
import dev.longshore.http.HttpServer;
import dev.longshore.http.TlsIdentity;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.ClientSettings;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.config.RegistryConfigFile;
import dev.longshore.images.registry.service.RegistryService;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// A registry of our own with users `alice` (everything in `team/**`) and `bob` (who may pull there), and `public/**`
/// for everybody to pull: once with TLS, once without for Docker's loopback.
final class GuardedRegistry implements AutoCloseable {

    private final LocalImages images;
    private final DistributionClient client;
    private final RegistryService service;
    private final HttpServer server;
    private final Path certificates;
    private final String encrypted;
    private final String plain;

    private GuardedRegistry(Path root, String method) throws IOException {
        Files.writeString(root.resolve("users"), line("alice", "wonder") + line("bob", "builder"));
        Path config = Files.writeString(root.resolve("registry.yaml"), """
                auth: {htpasswd: users, method: %s}
                rules:
                  - {users: [alice], repositories: "team/**", actions: [pull, push, delete]}
                  - {users: [alice], repositories: "public/**", actions: [pull, push]}
                  - {users: [bob], repositories: "team/**", actions: [pull]}
                  - {users: [anonymous, "*"], repositories: "public/**", actions: [pull]}
                """.formatted(method));
        images = LocalImages.open(root.resolve("store"), System.getProperty("os.arch"), Time.system());
        client = new DistributionClient(images, ClientSettings.DEFAULT, CredentialSource.NONE);
        var randomness = new SecureRandom();
        service = RegistryService.of(RegistryConfigFile.read(config), images, client, randomness);
        server = new HttpServer("guarded-registry", service.outside());
        var authority = CertificateAuthority.create("test", Time.system().now(), randomness);
        Identity identity = authority.issue(
                CertificateRequest.server("registry", List.of("127.0.0.1", "localhost")),
                Time.system().now());
        var tls = new HttpServer.Tls(() -> new TlsIdentity(identity.key(), identity.chain()), List.of());
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        encrypted = "127.0.0.1:" + server.listen(loopback, tls);
        plain = "127.0.0.1:" + server.listen(loopback);
        certificates = root.resolve("certs.d");
        Path own = Files.createDirectories(certificates.resolve(encrypted));
        Files.writeString(own.resolve("ca.crt"), Pem.of(authority.identity().chain()));
    }

    /// `method` is `basic` or `token`.
    static GuardedRegistry open(Path root, String method) throws IOException {
        return new GuardedRegistry(root, method);
    }

    LocalImages images() {
        return images;
    }

    /// Laid out as Docker's certs.d.
    Path certificates() {
        return certificates;
    }

    /// With TLS.
    String encrypted() {
        return encrypted;
    }

    /// Without.
    String plain() {
        return plain;
    }

    @Override
    public void close() {
        server.close();
        service.close();
        client.close();
    }

    private static String line(String user, String password) {
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        return user + ":" + OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, 5) + "\n";
    }
}
