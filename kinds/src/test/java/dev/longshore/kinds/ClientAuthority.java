package dev.longshore.kinds;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Signs clients' certificates for tests, which are good from a day before `now` for as long as they are said to live.
public final class ClientAuthority {

    public final X509Certificate certificate;
    private final X500Name name;
    private final KeyPair keys;
    private final Instant now;
    private long serial = 1;

    public ClientAuthority(String name, Instant now) {
        this.name = new X500Name("CN=" + name);
        this.keys = keys();
        this.now = now;
        this.certificate = sign(this.name, keys, Duration.ofDays(3650), true, KeyPurposeId.anyExtendedKeyUsage);
    }

    /// One that is vouched for by `issuer` instead of itself.
    private ClientAuthority(ClientAuthority issuer, String name) {
        this.name = new X500Name("CN=" + name);
        this.keys = keys();
        this.now = issuer.now;
        this.certificate = issuer.sign(this.name, keys, Duration.ofDays(3650), true, KeyPurposeId.anyExtendedKeyUsage);
    }

    public ClientAuthority intermediate(String called) {
        return new ClientAuthority(this, called);
    }

    /// The chain of a client.
    public List<X509Certificate> client(String subject) {
        return client(subject, Duration.ofDays(30));
    }

    public List<X509Certificate> client(String subject, Duration life) {
        return List.of(sign(new X500Name(subject), keys(), life, false, KeyPurposeId.id_kp_clientAuth));
    }

    public List<X509Certificate> server(String subject) {
        return List.of(sign(new X500Name(subject), keys(), Duration.ofDays(30), false, KeyPurposeId.id_kp_serverAuth));
    }

    private X509Certificate sign(
            X500Name subject, KeyPair owner, Duration life, boolean isAuthority, KeyPurposeId purpose) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(serial++),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(life)),
                    subject,
                    owner.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }
}
