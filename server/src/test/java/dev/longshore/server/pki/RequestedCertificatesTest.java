package dev.longshore.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.controllers.CertificateSigner.Validity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class RequestedCertificatesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Validity HOUR = Validity.of(Duration.ofHours(1), NOW);

    private final SecureRandom randomness = new SecureRandom();
    private final CertificateAuthority authority =
            CertificateAuthority.create("ca", NOW, Duration.ofDays(3650), randomness);
    private final RequestedCertificates signer = new RequestedCertificates(authority::identity, randomness);
    private final KeyPair keys = CertificateAuthority.newKeys(randomness);

    private String request(KeyPair signedBy) throws IOException, OperatorCreationException {
        var extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "node-1"), new GeneralName(GeneralName.iPAddress, "10.0.0.1")
        }));
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        var request = new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("O=system:nodes,CN=system:node:node-1"), keys.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signedBy.getPrivate()));
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(request);
        }
        return text.toString();
    }

    @Test
    void theSubjectAndNamesAreRead() throws IOException, OperatorCreationException {
        var subject = signer.subject(request(keys));

        assertThat(subject.commonName()).isEqualTo("system:node:node-1");
        assertThat(subject.organizations()).containsExactly("system:nodes");
        assertThat(subject.dnsNames()).containsExactly("node-1");
        assertThat(subject.addresses()).hasSize(1);
        assertThat(subject.emails()).isEmpty();
    }

    @Test
    void theCertificateIsForItsKeyAndNamesAndNeverAnAuthority()
            throws IOException, OperatorCreationException, GeneralSecurityException {
        String pem = signer.sign(request(keys), List.of("server auth", "digital signature"), HOUR);
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));

        certificate.verify(authority.identity().chain().getFirst().getPublicKey());
        assertThat(certificate.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(certificate.getSubjectX500Principal().getName()).contains("CN=system:node:node-1");
        assertThat(certificate.getSubjectAlternativeNames()).hasSize(2);
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getKeyUsage()[0]).isTrue();
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW.minusSeconds(300));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plusSeconds(3600));
    }

    @Test
    void noCertificateOutlivesItsAuthority() throws IOException, OperatorCreationException, GeneralSecurityException {
        String pem = signer.sign(request(keys), List.of("client auth"), Validity.of(Duration.ofDays(36_500), NOW));
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));

        assertThat(certificate.getNotAfter())
                .isEqualTo(authority.identity().chain().getFirst().getNotAfter());
    }

    @Test
    void whatIsNoRequestOrNotSignedWithItsOwnKeyIsRefused() {
        assertThatThrownBy(() -> signer.subject("hello")).hasMessage("PEM block type must be CERTIFICATE REQUEST");
        assertThatThrownBy(() ->
                        signer.sign(request(CertificateAuthority.newKeys(randomness)), List.of("client auth"), HOUR))
                .hasMessageContaining("not signed with its own key");
        assertThatThrownBy(() -> signer.sign(request(keys), List.of("anything"), HOUR))
                .hasMessageContaining("unrecognized usage values");
    }
}
