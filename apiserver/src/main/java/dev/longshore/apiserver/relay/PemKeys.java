package dev.longshore.apiserver.relay;

import dev.longshore.base.Der;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads PEM as kubeconfigs hold it: certificates, and private keys in any of the three forms that tools write
/// (PKCS#8, PKCS#1 for RSA, SEC 1 for elliptic curves).
final class PemKeys {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]+)-----END \\1-----");
    private static final byte[] VERSION = {2, 1, 0};
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] CURVES = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int PARAMETERS = 0xa0;

    private PemKeys() {}

    /// @throws IllegalArgumentException when there is none
    static List<X509Certificate> certificates(byte[] pem) {
        try {
            var found = new ArrayList<X509Certificate>();
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .forEach(each -> found.add((X509Certificate) each));
            if (found.isEmpty()) {
                throw new IllegalArgumentException("no certificate in it");
            }
            return found;
        } catch (GeneralSecurityException broken) {
            throw new IllegalArgumentException("no readable certificate in it", broken);
        }
    }

    /// @throws IllegalArgumentException when there is none that can be used
    static PrivateKey privateKey(byte[] pem) {
        Matcher block = KEY.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new IllegalArgumentException("no private key in it");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        byte[] plain =
                switch (block.group(1)) {
                    case "RSA PRIVATE KEY" -> wrapped(RSA, der);
                    case "EC PRIVATE KEY" -> wrapped(Der.value(Der.SEQUENCE, CURVES, curve(der)), der);
                    default -> der;
                };
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(plain));
            } catch (InvalidKeySpecException another) {
                continue;
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException("every JDK has " + algorithm, missing);
            }
        }
        throw new IllegalArgumentException("no private key in it that can be used");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.value(Der.SEQUENCE, VERSION, algorithm, Der.value(Der.OCTETS, key));
    }

    /// The curve's identifier, which a SEC 1 key holds behind its number.
    private static byte[] curve(byte[] key) {
        for (int at = 0; at + 2 < key.length; at++) {
            boolean isParameters = (key[at] & 0xff) == PARAMETERS
                    && key[at + 2] == 0x06
                    && at + 2 + (key[at + 1] & 0xff) <= key.length
                    && (key[at + 1] & 0xff) == (key[at + 3] & 0xff) + 2;
            if (isParameters) {
                return java.util.Arrays.copyOfRange(key, at + 2, at + 2 + (key[at + 1] & 0xff));
            }
        }
        throw new IllegalArgumentException("a key that does not say its curve");
    }
}
