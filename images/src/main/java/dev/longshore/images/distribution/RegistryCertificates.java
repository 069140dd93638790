package dev.longshore.images.distribution;

import dev.longshore.http.TrustInEverybody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/// What lies in one directory of `/etc/docker/certs.d`: authorities in `*.crt`, and in `NAME.cert` with `NAME.key` what
/// this machine shows to the registry.
final class RegistryCertificates {

    private static final char[] NO_PASSWORD = new char[0];
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \\1-----\\s*");

    private RegistryCertificates() {}

    /// The usual authorities and those of `directory`, with its certificates to show.
    ///
    /// @throws IOException naming the file that cannot be used
    static SSLContext context(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.sorted().toList();
        }
        try {
            KeyStore authorities = usualAuthorities();
            KeyStore own = empty();
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    for (X509Certificate authority : certificates(file)) {
                        authorities.setCertificateEntry("own-" + authorities.size(), authority);
                    }
                } else if (name.endsWith(".cert")) {
                    Path key = file.resolveSibling(name.replaceFirst("cert$", "key"));
                    if (!files.contains(key)) {
                        throw new IOException("missing key " + key.getFileName() + " for client certificate " + file
                                + "; authorities' certificates end in .crt");
                    }
                    own.setKeyEntry(
                            name, key(key), NO_PASSWORD, certificates(file).toArray(Certificate[]::new));
                }
            }
            var context = SSLContext.getInstance("TLS");
            context.init(keys(own), trust(authorities), new SecureRandom());
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(directory + " cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    /// The usual authorities and those of `trust`, with its certificates to show.
    ///
    /// @throws IOException naming the file that cannot be used
    static SSLContext context(HostTrust trust) throws IOException {
        try {
            KeyStore authorities = usualAuthorities();
            for (Path file : trust.authorities()) {
                for (X509Certificate authority : certificates(file)) {
                    authorities.setCertificateEntry("own-" + authorities.size(), authority);
                }
            }
            var context = SSLContext.getInstance("TLS");
            context.init(keys(shown(trust)), trust(authorities), new SecureRandom());
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException("certificates cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    /// Only for registries of which the operator says so, and this machine's own.
    static SSLContext believingAnybody(HostTrust trust) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(shown(trust)), new TrustManager[] {new TrustInEverybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException("certificates cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    private static KeyStore shown(HostTrust trust) throws GeneralSecurityException, IOException {
        KeyStore own = empty();
        for (HostTrust.Pair pair : trust.shown()) {
            own.setKeyEntry(
                    pair.certificate().toString(),
                    key(pair.key()),
                    NO_PASSWORD,
                    certificates(pair.certificate()).toArray(Certificate[]::new));
        }
        return own;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyStore usualAuthorities() throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (TrustManager manager : trust(null)) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate authority : x509.getAcceptedIssuers()) {
                    store.setCertificateEntry("usual-" + store.size(), authority);
                }
            }
        }
        return store;
    }

    private static TrustManager[] trust(KeyStore authorities) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(KeyStore own) throws GeneralSecurityException {
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        var found = new ArrayList<X509Certificate>();
        try (InputStream in = new ByteArrayInputStream(withoutKeys(file))) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) certificate);
            }
        } catch (GeneralSecurityException unreadable) {
            throw new IOException(file + " holds no certificates: " + unreadable.getMessage(), unreadable);
        }
        if (found.isEmpty()) {
            throw new IOException(file + " holds no certificates");
        }
        return found;
    }

    /// A file may hold certificates and their key; the JDK takes everything in it for a certificate.
    private static byte[] withoutKeys(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return KEY.matcher(text).replaceAll("").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static PrivateKey key(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file);
                var pem = new PemReader(reader)) {
            PemObject found = pem.readPemObject();
            while (found != null && found.getType().equals("CERTIFICATE")) {
                found = pem.readPemObject();
            }
            if (found == null) {
                throw new IOException(file + " holds no key");
            }
            PrivateKeyInfo key =
                    switch (found.getType()) {
                        case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(found.getContent());
                        case "RSA PRIVATE KEY" ->
                            new PrivateKeyInfo(
                                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                                    RSAPrivateKey.getInstance(found.getContent()));
                        case "EC PRIVATE KEY" -> {
                            var plain = ECPrivateKey.getInstance(found.getContent());
                            yield new PrivateKeyInfo(
                                    new AlgorithmIdentifier(
                                            X9ObjectIdentifiers.id_ecPublicKey, plain.getParametersObject()),
                                    plain);
                        }
                        default -> throw new IOException(file + " holds no key that can be used: " + found.getType());
                    };
            return KeyFactory.getInstance(algorithm(key)).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IOException(file + " holds no key that can be used", unreadable);
        }
    }

    private static String algorithm(PrivateKeyInfo key) {
        var identifier = key.getPrivateKeyAlgorithm().getAlgorithm();
        if (identifier.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        return identifier.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : "EdDSA";
    }
}
