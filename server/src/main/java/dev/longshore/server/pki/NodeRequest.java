package dev.longshore.server.pki;

import dev.longshore.base.Der;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// What a node asks a signer for (PKCS#10): a certificate in its own name, for the names and addresses it answers to.
///
/// @param names DNS names and IP addresses
record NodeRequest(String node, List<String> names) {

    NodeRequest {
        names = List.copyOf(names);
    }

    /// A new key, and the request that proves it.
    ///
    /// @param proven the public half
    /// @param pem the request
    record Made(PrivateKey key, PublicKey proven, byte[] pem) {
        @Override
        public String toString() {
            return "Made[" + pem.length + " bytes]";
        }
    }

    /// With a P-256 key, as the original's nodes make them.
    Made make(SecureRandom randomness) {
        KeyPair keys = CertificateAuthority.newKeys(randomness);
        var subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "system:nodes")
                .addRDN(BCStyle.CN, "system:node:" + node)
                .build();
        try {
            var extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName, false, CertificateAuthority.alternativeNames(names));
            byte[] der = new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
            return new Made(
                    keys.getPrivate(),
                    keys.getPublic(),
                    Der.pem("CERTIFICATE REQUEST", der).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException | OperatorCreationException failure) {
            throw new IllegalStateException("cannot ask for a certificate of node " + node, failure);
        }
    }
}
