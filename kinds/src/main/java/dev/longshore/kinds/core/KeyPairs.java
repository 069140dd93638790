package dev.longshore.kinds.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.longshore.kinds.kit.Pem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Whether a certificate and a private key belong together, and what Go's TLS says if they do not.
final class KeyPairs {

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final byte[] RSA = {6, 9, 42, (byte) 134, 72, (byte) 134, (byte) 247, 13, 1, 1, 1, 5, 0};
    private static final byte[] ELLIPTIC = {6, 7, 42, (byte) 134, 72, (byte) 206, 61, 2, 1};
    private static final byte[] VERSION = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xA0;
    private static final int LONG_FORM = 0x80;

    private KeyPairs() {}

    /// What is wrong with the pair of two PEM texts, if anything.
    static Optional<String> fault(byte[] certificateText, byte[] keyText) {
        List<Pem> blocks = Pem.parse(new String(certificateText, ISO_8859_1));
        Optional<Pem> certificate = blocks.stream()
                .filter(block -> block.type().equals(CERTIFICATE))
                .findFirst();
        if (certificate.isEmpty()) {
            return Optional.of("tls: " + noCertificate(types(blocks)));
        }
        List<Pem> keyBlocks = Pem.parse(new String(keyText, ISO_8859_1));
        Optional<Pem> key = keyBlocks.stream()
                .filter(block -> block.type().equals(KEY) || block.type().endsWith(" " + KEY))
                .findFirst();
        if (key.isEmpty()) {
            return Optional.of("tls: " + noKey(types(keyBlocks)));
        }
        return mismatch(certificate.get().bytes(), key.get().bytes());
    }

    private static List<String> types(List<Pem> blocks) {
        return blocks.stream().map(Pem::type).toList();
    }

    private static String noCertificate(List<String> types) {
        if (types.isEmpty()) {
            return "failed to find any PEM data in certificate input";
        }
        return types.size() == 1 && types.getFirst().endsWith(KEY)
                ? "failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may"
                        + " have been switched"
                : "failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the"
                        + " following types: [" + String.join(" ", types) + "]";
    }

    private static String noKey(List<String> types) {
        if (types.isEmpty()) {
            return "failed to find any PEM data in key input";
        }
        return types.equals(List.of(CERTIFICATE))
                ? "found a certificate rather than a key in the PEM for the private key"
                : "failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks"
                        + " of the following types: [" + String.join(" ", types) + "]";
    }

    private static Optional<String> mismatch(byte[] certificate, byte[] key) {
        PublicKey known;
        try {
            known = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate))
                    .getPublicKey();
        } catch (CertificateException malformed) {
            return Optional.of("x509: malformed certificate");
        }
        Optional<PrivateKey> secret = key(key);
        if (secret.isEmpty()) {
            return Optional.of("tls: failed to parse private key");
        }
        if (!family(secret.get().getAlgorithm()).equals(family(known.getAlgorithm()))) {
            return Optional.of("tls: private key type does not match public key type");
        }
        return fits(known, secret.get()) ? Optional.empty() : Optional.of("tls: private key does not match public key");
    }

    private static String family(String algorithm) {
        return algorithm.equals("EdDSA") ? "Ed25519" : algorithm;
    }

    /// What one has signed the other can verify.
    private static boolean fits(PublicKey known, PrivateKey secret) {
        String algorithm =
                switch (family(known.getAlgorithm())) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(VERSION);
            byte[] signed = signature.sign();
            signature.initVerify(known);
            signature.update(VERSION);
            return signature.verify(signed);
        } catch (GeneralSecurityException differs) {
            return false;
        }
    }

    /// The key of any of the three forms in which keys are written; the name of the block does not count.
    private static Optional<PrivateKey> key(byte[] bytes) {
        for (byte[] form : List.of(wrapped(RSA, bytes), bytes, wrapped(elliptic(bytes), bytes))) {
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                try {
                    return Optional.of(
                            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(form)));
                } catch (GeneralSecurityException other) {
                    continue;
                }
            }
        }
        return Optional.empty();
    }

    /// The algorithm of a key of an elliptic curve, whose own form names the curve inside.
    private static byte[] elliptic(byte[] key) {
        int at = start(key, 0);
        while (at >= 0 && at + 1 < key.length) {
            int body = start(key, at);
            int end = body + length(key, at);
            if ((key[at] & 0xFF) == PARAMETERS && end <= key.length) {
                return joined(ELLIPTIC, Arrays.copyOfRange(key, body, end));
            }
            at = end;
        }
        return ELLIPTIC;
    }

    /// Where the contents of the element at `at` begin.
    private static int start(byte[] bytes, int at) {
        int first = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
        return first < LONG_FORM ? at + 2 : at + 2 + first - LONG_FORM;
    }

    private static int length(byte[] bytes, int at) {
        int first = bytes[at + 1] & 0xFF;
        if (first < LONG_FORM) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < start(bytes, at) && i < bytes.length; i++) {
            length = length << Byte.SIZE | bytes[i] & 0xFF;
        }
        return length < 0 || length > bytes.length ? bytes.length : length;
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, joined(VERSION, element(SEQUENCE, algorithm), element(OCTETS, key)));
    }

    private static byte[] element(int tag, byte[] contents) {
        byte[] head = {(byte) tag, (byte) (LONG_FORM + 2), (byte) (contents.length >> Byte.SIZE), (byte) contents.length
        };
        byte[] shortHead = {(byte) tag, (byte) contents.length};
        byte[] middleHead = {(byte) tag, (byte) (LONG_FORM + 1), (byte) contents.length};
        if (contents.length < LONG_FORM) {
            return joined(shortHead, contents);
        }
        return joined(contents.length < 2 * LONG_FORM ? middleHead : head, contents);
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
