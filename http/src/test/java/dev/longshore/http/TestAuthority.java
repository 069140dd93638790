package dev.longshore.http;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
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
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Signs certificates for tests.
final class TestAuthority {

    private static final Instant SOME_TIME = Instant.now();

    final X509Certificate certificate;
    private final KeyPair keys;
    private final X500Principal name;

    TestAuthority(String name) throws Exception {
        this.name = new X500Principal("CN=" + name);
        this.keys = keys();
        this.certificate = sign(this.name, keys, true);
    }

    Identity issue(String subject) throws Exception {
        KeyPair own = keys();
        return new Identity(own, sign(new X500Principal("CN=" + subject), own, false));
    }

    TlsIdentity server() throws Exception {
        return issue("server").tls();
    }

    private X509Certificate sign(X500Principal subject, KeyPair owner, boolean isAuthority) throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(System.identityHashCode(owner)),
                Date.from(SOME_TIME.minus(Duration.ofHours(1))),
                Date.from(SOME_TIME.plus(Duration.ofHours(1))),
                subject,
                owner.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
        }));
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    record Identity(KeyPair keys, X509Certificate certificate) {
        TlsIdentity tls() {
            return new TlsIdentity(keys.getPrivate(), List.of(certificate));
        }
    }
}
