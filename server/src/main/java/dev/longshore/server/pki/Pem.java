package dev.longshore.server.pki;

import dev.longshore.base.Der;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// Reads and writes PEM (RFC 7468): certificates, PKCS#8 private keys, public keys.
public final class Pem {

    private Pem() {}

    /// The certificates as text, one after the other.
    public static String of(List<X509Certificate> chain) {
        var text = new StringBuilder();
        for (X509Certificate certificate : chain) {
            try {
                text.append(Der.pem("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException broken) {
                throw new IllegalArgumentException("a certificate that cannot be encoded", broken);
            }
        }
        return text.toString();
    }

    /// A private key as `PRIVATE KEY`, a public one as `PUBLIC KEY`.
    public static String of(Key key) {
        return Der.pem(key instanceof PrivateKey ? "PRIVATE KEY" : "PUBLIC KEY", key.getEncoded());
    }

    /// Every certificate in `file`.
    public static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                    .stream()
                    .map((Certificate certificate) -> (X509Certificate) certificate)
                    .toList();
        } catch (GeneralSecurityException broken) {
            throw new IOException(file + " holds no readable certificate", broken);
        }
    }

    /// The private key in `file`: elliptic curve or RSA.
    public static PrivateKey privateKey(Path file) throws IOException {
        byte[] der = decode(Files.readString(file, StandardCharsets.US_ASCII));
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException otherAlgorithm) {
                continue;
            } catch (GeneralSecurityException missing) {
                throw new AssertionError("every JDK has " + algorithm, missing);
            }
        }
        throw new IOException(file + " holds no readable private key");
    }

    /// The public key in `file`: elliptic curve or RSA.
    public static PublicKey publicKey(Path file) throws IOException {
        byte[] der = decode(Files.readString(file, StandardCharsets.US_ASCII));
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(new java.security.spec.X509EncodedKeySpec(der));
            } catch (InvalidKeySpecException otherAlgorithm) {
                continue;
            } catch (GeneralSecurityException missing) {
                throw new AssertionError("every JDK has " + algorithm, missing);
            }
        }
        throw new IOException(file + " holds no readable public key");
    }

    private static byte[] decode(String pem) throws IOException {
        int start = pem.indexOf("-----\n");
        int end = pem.indexOf("-----END", Math.max(0, start));
        if (start < 0 || end < 0) {
            throw new IOException("not a PEM file");
        }
        return Base64.getMimeDecoder().decode(pem.substring(start + 6, end));
    }
}
