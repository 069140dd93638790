package dev.longshore.http;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Throw-away certificates.
final class TestKeys {

    private TestKeys() {}

    record Authority(KeyPair keys, X509Certificate certificate) {

        TlsIdentity issue(String name, String address) {
            KeyPair own = pair();
            return new TlsIdentity(own.getPrivate(), List.of(issued(name, address, own, this)));
        }
    }

    static Authority authority(String name) {
        KeyPair keys = pair();
        return new Authority(keys, issued(name, "", keys, null));
    }

    private static KeyPair pair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static X509Certificate issued(String name, String address, KeyPair own, Authority issuer) {
        try {
            var subject = new X500Principal("CN=" + name);
            var builder = new JcaX509v3CertificateBuilder(
                    issuer == null ? subject : issuer.certificate().getSubjectX500Principal(),
                    BigInteger.valueOf(System.identityHashCode(own)),
                    Date.from(Instant.now().minusSeconds(60)),
                    Date.from(Instant.now().plusSeconds(3600)),
                    subject,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
            if (issuer != null) {
                int type = address.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(type, address)));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                    .build((issuer == null ? own : issuer.keys()).getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException | IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
