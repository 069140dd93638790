package dev.longshore.server;

import dev.longshore.http.TlsIdentity;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the registry shows to clients outside: the operator's own certificate, read again when its file changes, or
/// one that the cluster's authority issues and renews. Thread-safe.
final class RegistryIdentity implements Supplier<TlsIdentity> {

    private static final Logger log = LoggerFactory.getLogger(RegistryIdentity.class);

    private static final String NAME = "registry";

    private final Path certificate;
    private final Path key;
    private FileTime read;
    private TlsIdentity identity;

    private RegistryIdentity(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.read = Files.getLastModifiedTime(certificate);
        this.identity = load();
    }

    /// As `listen` says; on a machine called `host`.
    static Supplier<TlsIdentity> of(RegistryConfig.Listen listen, ClusterKeys keys, HostAddress host)
            throws IOException {
        if (listen.certificate().isPresent()) {
            var own = new RegistryIdentity(
                    listen.certificate().get(), listen.key().orElseThrow());
            keys.watch(() -> new CertificateState(
                    NAME, "", own.get().chain().getFirst().getNotAfter().toInstant(), true));
            return own;
        }
        var names = new ArrayList<>(List.of(host.name(), host.address(), "localhost", "127.0.0.1"));
        names.addAll(listen.names());
        return Certificates.tls(keys.identity(NAME, CertificateRequest.server("longshore-registry", names)));
    }

    @Override
    public synchronized TlsIdentity get() {
        try {
            FileTime modified = Files.getLastModifiedTime(certificate);
            if (!modified.equals(read)) {
                identity = load();
                read = modified;
            }
        } catch (IOException | IllegalArgumentException halfWritten) {
            log.warn("the registry's certificate cannot be read anew: {}", halfWritten.getMessage());
        }
        return identity;
    }

    private TlsIdentity load() throws IOException {
        return new TlsIdentity(Pem.privateKey(key), Pem.certificates(certificate));
    }
}
