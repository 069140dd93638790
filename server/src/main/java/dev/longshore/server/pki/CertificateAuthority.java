package dev.longshore.server.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Signs certificates (RFC 5280): P-256 keys, ECDSA with SHA-256. Thread-safe.
public final class CertificateAuthority {

    private static final int RSA_BITS = 2048;
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final Identity identity;
    private final SecureRandom randomness;

    /// Signs as `identity`.
    public CertificateAuthority(Identity identity, SecureRandom randomness) {
        this.identity = identity;
        this.randomness = randomness;
    }

    /// A new authority called `name`, signed by itself, valid for ten years from `now`.
    public static CertificateAuthority create(String name, Instant now, SecureRandom randomness) {
        return create(name, now, Terms.USUAL.authorityLifetime(), randomness);
    }

    /// The same, valid for `lifetime` from `now`.
    public static CertificateAuthority create(String name, Instant now, Duration lifetime, SecureRandom randomness) {
        X500Name subject =
                new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
        return selfSigned(subject, newKeys(randomness), now, lifetime, randomness);
    }

    /// The same authority with a new certificate: name and key stay, so that what it has signed is still good, and
    /// whoever believes the older certificate believes what is signed from now on.
    public CertificateAuthority renewed(Instant now, Duration lifetime) {
        X509Certificate older = identity.chain().getFirst();
        X500Name subject = X500Name.getInstance(older.getSubjectX500Principal().getEncoded());
        return selfSigned(subject, new KeyPair(older.getPublicKey(), identity.key()), now, lifetime, randomness);
    }

    private static CertificateAuthority selfSigned(
            X500Name subject, KeyPair keys, Instant now, Duration lifetime, SecureRandom randomness) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    subject,
                    serial(randomness),
                    Date.from(now.minus(CLOCK_SKEW)),
                    Date.from(now.plus(lifetime)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
            return new CertificateAuthority(
                    new Identity(keys.getPrivate(), List.of(sign(builder, keys.getPrivate()))), randomness);
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException failure) {
            throw new IllegalStateException("cannot make a certificate authority", failure);
        }
    }

    /// The authority's own key and certificate.
    public Identity identity() {
        return identity;
    }

    /// A new key with a certificate as asked, valid for a year from `now`.
    public Identity issue(CertificateRequest request, Instant now) {
        return issue(request, now, Terms.USUAL.lifetime());
    }

    /// The same, valid for `lifetime` from `now`, and no longer than the authority's own.
    public Identity issue(CertificateRequest request, Instant now, Duration lifetime) {
        KeyPair keys = request.hasRsaKey() ? newRsaKeys(randomness) : newKeys(randomness);
        X509Certificate issuer = identity.chain().getFirst();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    serial(randomness),
                    Date.from(now.minus(CLOCK_SKEW)),
                    end(now.plus(lifetime)),
                    subject(request),
                    keys.getPublic());
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, purposes(request));
            // By the key alone: with its serial number, a renewed authority would not be taken for the same.
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(issuer.getPublicKey()));
            if (!request.names().isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(request.names()));
            }
            X509Certificate leaf = sign(builder, identity.key());
            return new Identity(keys.getPrivate(), List.of(leaf));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException failure) {
            throw new IllegalStateException("cannot issue a certificate for " + request.commonName(), failure);
        }
    }

    private Date end(Instant wanted) {
        Date own = identity.chain().getFirst().getNotAfter();
        return Date.from(wanted).before(own) ? Date.from(wanted) : own;
    }

    /// RSA keys, which every reader of ServiceAccount tokens understands (RS256).
    public static KeyPair newRsaKeys(SecureRandom randomness) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS, randomness);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has RSA", missing);
        }
    }

    /// A new P-256 key pair.
    static KeyPair newKeys(SecureRandom randomness) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), randomness);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has P-256", missing);
        }
    }

    static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static X500Name subject(CertificateRequest request) {
        var name = new X500NameBuilder(BCStyle.INSTANCE);
        request.organizations().forEach(organization -> name.addRDN(BCStyle.O, organization));
        return name.addRDN(BCStyle.CN, request.commonName()).build();
    }

    private static ExtendedKeyUsage purposes(CertificateRequest request) {
        var purposes = new ArrayList<KeyPurposeId>();
        if (request.isServer()) {
            purposes.add(KeyPurposeId.id_kp_serverAuth);
        }
        if (request.isClient()) {
            purposes.add(KeyPurposeId.id_kp_clientAuth);
        }
        return new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new));
    }

    static GeneralNames alternativeNames(List<String> names) {
        return new GeneralNames(names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new));
    }

    private static boolean isAddress(String name) {
        return name.indexOf(':') >= 0 || name.matches("[0-9.]+");
    }

    static BigInteger serial(SecureRandom randomness) {
        return new BigInteger(127, randomness).add(BigInteger.ONE);
    }
}
