package dev.longshore.kinds.authentication;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads certificates out of PEM; what stands between them is left out.
public final class PemText {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    private PemText() {}

    /// Those of `text`, at least one.
    ///
    /// @throws IllegalArgumentException when there is none, or one that cannot be read
    public static List<X509Certificate> certificates(String text) {
        var all = new ArrayList<X509Certificate>();
        int at = text.indexOf(BEGIN);
        while (at >= 0) {
            int next = text.indexOf(BEGIN, at + 1);
            all.add(one(next < 0 ? text.substring(at) : text.substring(at, next)));
            at = next;
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("data does not contain any valid RSA or ECDSA certificates");
        }
        return all;
    }

    private static X509Certificate one(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException broken) {
            throw new IllegalArgumentException("a certificate cannot be read: " + broken.getMessage(), broken);
        }
    }
}
