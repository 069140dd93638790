package dev.longshore.server.identity;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/// The keys in a PEM file, in every form that they come in: PKCS#8, PKCS#1, SEC 1, public keys, certificates.
///
/// @param pairs of its private keys
/// @param all of its public keys, those of the pairs included, in its order
record KeyPem(List<KeyPair> pairs, List<PublicKey> all) {

    KeyPem {
        pairs = List.copyOf(pairs);
        all = List.copyOf(all);
    }

    /// @throws IOException when there is no key in it, or one that nobody can use
    static KeyPem read(Path file) throws IOException {
        return parse(Files.readString(file), file.toString());
    }

    /// @param file as errors name it
    static KeyPem parse(String text, String file) throws IOException {
        var pairs = new ArrayList<KeyPair>();
        var all = new ArrayList<PublicKey>();
        try (var parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                Optional<PrivateKeyInfo> key =
                        switch (part) {
                            case PrivateKeyInfo info -> Optional.of(info);
                            case PEMKeyPair pair -> Optional.of(pair.getPrivateKeyInfo());
                            default -> Optional.empty();
                        };
                if (key.isPresent()) {
                    KeyPair pair = pair(key.get());
                    pairs.add(pair);
                    all.add(pair.getPublic());
                } else if (part instanceof SubjectPublicKeyInfo info) {
                    all.add(publicKey(info));
                } else if (part instanceof X509CertificateHolder certificate) {
                    all.add(publicKey(certificate.getSubjectPublicKeyInfo()));
                }
            }
        } catch (GeneralSecurityException | RuntimeException unusable) {
            throw new IOException(file + " holds a key that cannot be used: " + unusable.getMessage(), unusable);
        }
        if (all.isEmpty()) {
            throw new IOException(file + " holds no RSA or ECDSA key in PEM");
        }
        return new KeyPem(pairs, all);
    }

    private static KeyPair pair(PrivateKeyInfo info) throws GeneralSecurityException, IOException {
        AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
        AsymmetricKeyParameter half =
                switch (key) {
                    case RSAPrivateCrtKeyParameters rsa ->
                        new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
                    case ECPrivateKeyParameters curve -> {
                        ECDomainParameters domain = curve.getParameters();
                        yield new ECPublicKeyParameters(domain.getG().multiply(curve.getD()), domain);
                    }
                    default -> throw new GeneralSecurityException("it is neither RSA nor ECDSA");
                };
        PublicKey published = publicKey(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(half));
        String algorithm = published.getAlgorithm();
        return new KeyPair(
                published,
                KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded())));
    }

    private static PublicKey publicKey(SubjectPublicKeyInfo info) throws GeneralSecurityException, IOException {
        boolean isCurve = info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey);
        return KeyFactory.getInstance(isCurve ? "EC" : "RSA").generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    }
}
