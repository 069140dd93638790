package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.CertificateApprovalController.Kind;
import dev.longshore.controllers.CertificateSigner.Subject;
import dev.longshore.controllers.CertificateSigner.Validity;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateSignersTest {

    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Subject NODE = subject("system:node:a", "system:nodes", List.of());

    private static Subject subject(String name, String organization, List<String> dnsNames) {
        return new Subject(name, List.of(organization), dnsNames, List.of(), List.of(), List.of());
    }

    private static CertificateSigningRequestBuilder request() {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withName("a")
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .withNewSpec()
                .withSignerName(CertificateSigners.KUBELET_CLIENT)
                .withUsername("system:node:a")
                .withUsages("client auth", "digital signature")
                .endSpec();
    }

    private static CertificateSigningRequest said(String condition, Instant when, String certificate) {
        return request()
                .withNewStatus()
                .withCertificate(certificate)
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withLastUpdateTime(when.toString())
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void aKubeletGetsAClientCertificateForItsOwnNameAndNothingElse() {
        List<String> usages = List.of("digital signature", "client auth");
        String signer = CertificateSigners.KUBELET_CLIENT;

        assertThat(CertificateSigners.fault(signer, NODE, usages)).isEmpty();
        assertThat(CertificateSigners.fault(
                        signer, NODE, List.of("client auth", "digital signature", "key encipherment")))
                .isEmpty();
        assertThat(CertificateSigners.fault(signer, subject("system:node:a", "system:masters", List.of()), usages))
                .contains("subject organization is not system:nodes");
        assertThat(CertificateSigners.fault(signer, subject("admin", "system:nodes", List.of()), usages))
                .contains("subject common name does not begin with system:node:");
        assertThat(CertificateSigners.fault(signer, subject("system:node:a", "system:nodes", List.of("x")), usages))
                .contains("DNS subjectAltNames are not allowed");
        assertThat(CertificateSigners.fault(signer, NODE, List.of("client auth")))
                .contains("usages did not match [client auth digital signature key encipherment]");
    }

    @Test
    void aServingCertificateNeedsAName() {
        List<String> usages = List.of("digital signature", "server auth");

        assertThat(CertificateSigners.fault(CertificateSigners.KUBELET_SERVING, NODE, usages))
                .contains("DNS or IP subjectAltName is required");
        assertThat(CertificateSigners.fault(
                        CertificateSigners.KUBELET_SERVING,
                        subject("system:node:a", "system:nodes", List.of("a")),
                        usages))
                .isEmpty();
    }

    @Test
    void aClientCertificateIsForClientsOnly() {
        String signer = CertificateSigners.CLIENT;

        assertThat(CertificateSigners.fault(signer, NODE, List.of("client auth")))
                .isEmpty();
        assertThat(CertificateSigners.fault(signer, NODE, List.of("client auth", "code signing")))
                .contains("invalid usage for client certificate: code signing");
        assertThat(CertificateSigners.fault(signer, NODE, List.of("digital signature")))
                .contains("missing required usage for client certificate: client auth");
    }

    @Test
    void aCertificateLivesAsLongAsAskedBetweenTenMinutesAndAYear() {
        assertThat(CertificateSigners.lifetime(null, YEAR)).isEqualTo(YEAR);
        assertThat(CertificateSigners.lifetime(3600, YEAR)).isEqualTo(Duration.ofHours(1));
        assertThat(CertificateSigners.lifetime(1, YEAR)).isEqualTo(Duration.ofMinutes(10));
        assertThat(CertificateSigners.lifetime(Integer.MAX_VALUE, YEAR)).isEqualTo(YEAR);
    }

    @Test
    void aClusterMayWantCertificatesToLiveShorter() {
        Duration day = Duration.ofDays(1);

        assertThat(CertificateSigners.lifetime(null, day)).isEqualTo(day);
        assertThat(CertificateSigners.lifetime(7 * 86_400, day)).isEqualTo(day);
        assertThat(CertificateSigners.lifetime(3600, day)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aLongCertificateEndsAsMuchEarlierAsItBegins() {
        assertThat(Validity.of(Duration.ofDays(1), NOW))
                .isEqualTo(new Validity(NOW.minusSeconds(300), NOW.plusSeconds(86_100)));
        assertThat(Validity.of(Duration.ofHours(1), NOW))
                .isEqualTo(new Validity(NOW.minusSeconds(300), NOW.plusSeconds(3600)));
    }

    @Test
    void aNodeThatAsksForItselfIsKnownAsSuch() {
        assertThat(CertificateApprovalController.kinds(request().build(), NODE)).containsExactly(Kind.SELF, Kind.OTHER);
        assertThat(CertificateApprovalController.kinds(
                        request().build(), subject("system:node:b", "system:nodes", List.of())))
                .containsExactly(Kind.OTHER);
        assertThat(CertificateApprovalController.kinds(
                        request()
                                .editSpec()
                                .withSignerName("example.com/other")
                                .endSpec()
                                .build(),
                        NODE))
                .isEmpty();
    }

    @Test
    void answeredRequestsGoAfterAnHourAndUnansweredOnesAfterADay() {
        String certificate = Base64.getEncoder().encodeToString("none".getBytes(UTF_8));

        assertThat(CertificateCleaner.isDone(request().build(), NOW)).isFalse();
        assertThat(CertificateCleaner.isDone(request().build(), NOW.plusSeconds(1)))
                .isTrue();
        assertThat(CertificateCleaner.isDone(said("Denied", NOW, ""), NOW.plusSeconds(3600)))
                .isFalse();
        assertThat(CertificateCleaner.isDone(said("Denied", NOW, ""), NOW.plusSeconds(3601)))
                .isTrue();
        assertThat(CertificateCleaner.isDone(said("Failed", NOW, ""), NOW.plusSeconds(3601)))
                .isTrue();
        assertThat(CertificateCleaner.isDone(said("Approved", NOW, certificate), NOW.plusSeconds(3601)))
                .isTrue();
        assertThat(CertificateCleaner.isDone(said("Approved", NOW, ""), NOW.plusSeconds(3601)))
                .isFalse();
        assertThat(CertificateCleaner.isDone(said("Approved", NOW, ""), NOW.plusSeconds(86_401)))
                .isTrue();
    }
}
