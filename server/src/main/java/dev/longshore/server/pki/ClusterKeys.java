package dev.longshore.server.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The cluster's keys and certificates under one directory; made when they are not there, made anew when they
/// are about to expire or answer to other names than asked. Keys have mode 0600.
///
/// ```
/// pki/ca.crt ca.key                       the cluster's own authority
///     sa.key sa.pub                       signs ServiceAccount tokens
///     apiserver.crt .key                  the API server's TLS identity
///     kubelet.crt .key                    the kubelet's TLS identity
///     apiserver-kubelet-client.crt .key   the API server towards kubelets
///     metrics-kubelet-client.crt .key     who asks kubelets what is used
///     admin.crt .key                      the cluster admin of DIR/kubeconfig
///     front-proxy-ca.crt .key             vouches for the front proxy only
///     front-proxy-client.crt .key         the API server towards extension API servers
/// ```
public final class ClusterKeys {

    private static final Duration RENEW_BEFORE = Duration.ofDays(30);
    private static final int IP_NAME = 7;
    private static final int DNS_NAME = 2;

    private final Path directory;
    private final SecureRandom randomness;
    private final Instant now;

    /// Keys under `directory`, as of `now`.
    public ClusterKeys(Path directory, Instant now, SecureRandom randomness) {
        this.directory = directory;
        this.now = now;
        this.randomness = randomness;
    }

    /// The cluster's certificate authority.
    public CertificateAuthority authority() throws IOException {
        return authority("ca", "longshore-ca");
    }

    /// The authority that vouches for the front proxy, and for nobody else: whoever shows its certificate is
    /// believed to speak for any user.
    public CertificateAuthority frontProxyAuthority() throws IOException {
        return authority("front-proxy-ca", "front-proxy-ca");
    }

    private CertificateAuthority authority(String file, String name) throws IOException {
        Optional<Identity> stored = read(file);
        if (stored.isPresent()) {
            return new CertificateAuthority(stored.get(), randomness);
        }
        var authority = CertificateAuthority.create(name, now, randomness);
        write(file, authority.identity());
        return authority;
    }

    /// The identity stored under `name`, made as `request` says if it is missing, expiring, or not what is
    /// asked.
    public Identity identity(String name, CertificateRequest request) throws IOException {
        return identity(authority(), name, request);
    }

    /// As above, issued by `authority`.
    public Identity identity(CertificateAuthority authority, String name, CertificateRequest request)
            throws IOException {
        Optional<Identity> stored = read(name).filter(identity -> serves(identity, request, authority));
        if (stored.isPresent()) {
            return stored.get();
        }
        Identity fresh = authority.issue(request, now);
        write(name, fresh);
        return fresh;
    }

    /// Where the key is that signs ServiceAccount tokens.
    public Path tokenKeyFile() {
        return directory.resolve("sa.key");
    }

    /// Where the keys are that verify them: its public half, and those of keys before it.
    public Path tokenPublicFile() {
        return directory.resolve("sa.pub");
    }

    /// The key pair that signs ServiceAccount tokens.
    public KeyPair serviceAccountKeys() throws IOException {
        Path keyFile = directory.resolve("sa.key");
        Path publicFile = directory.resolve("sa.pub");
        if (Files.exists(keyFile) && Files.exists(publicFile)) {
            PrivateKey key = Pem.privateKey(keyFile);
            PublicKey publicKey = Pem.publicKey(publicFile);
            return new KeyPair(publicKey, key);
        }
        KeyPair fresh = CertificateAuthority.newRsaKeys(randomness);
        writeFile(publicFile, Pem.of(fresh.getPublic()));
        writeFile(keyFile, Pem.of(fresh.getPrivate()));
        return fresh;
    }

    private boolean serves(Identity identity, CertificateRequest request, CertificateAuthority authority) {
        X509Certificate leaf = identity.chain().getFirst();
        try {
            leaf.verify(authority.identity().chain().getFirst().getPublicKey());
        } catch (java.security.GeneralSecurityException foreign) {
            return false;
        }
        return leaf.getNotAfter().toInstant().isAfter(now.plus(RENEW_BEFORE))
                && CertificateAuthority.isSubject(leaf, request)
                && names(leaf).containsAll(request.names());
    }

    private static Set<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Set.of()
                    : names.stream()
                            .filter(name -> name.getFirst().equals(DNS_NAME)
                                    || name.getFirst().equals(IP_NAME))
                            .map(name -> (String) name.get(1))
                            .collect(Collectors.toSet());
        } catch (CertificateParsingException broken) {
            return Set.of();
        }
    }

    private Optional<Identity> read(String name) throws IOException {
        Path certificate = directory.resolve(name + ".crt");
        Path key = directory.resolve(name + ".key");
        return Files.exists(certificate) && Files.exists(key)
                ? Optional.of(new Identity(Pem.privateKey(key), Pem.certificates(certificate)))
                : Optional.empty();
    }

    private void write(String name, Identity identity) throws IOException {
        writeFile(directory.resolve(name + ".key"), Pem.of(identity.key()));
        writeFile(directory.resolve(name + ".crt"), Pem.of(identity.chain()));
    }

    private static void writeFile(Path file, String text) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text, StandardCharsets.US_ASCII, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
