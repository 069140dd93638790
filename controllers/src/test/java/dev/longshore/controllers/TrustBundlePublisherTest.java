package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequest;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequestBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TrustBundlePublisherTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    @Test
    void aBundlesNameTellsItsSignerAndWhatIsInIt() {
        // printf x | sha256sum
        assertThat(TrustBundlePublisher.name("x"))
                .isEqualTo("kubernetes.io:kube-apiserver-serving:2d711642b726b04401627ca9");
        assertThat(TrustBundlePublisher.name("y")).isNotEqualTo(TrustBundlePublisher.name("x"));
    }

    @Test
    void requestsForPodsCertificatesGoAfterAQuarterOfAnHour() {
        assertThat(PodCertificateCleaner.isOld(made("2026-01-01T00:45:01Z"), NOW))
                .isFalse();
        assertThat(PodCertificateCleaner.isOld(made("2026-01-01T00:45:00Z"), NOW))
                .isTrue();
    }

    private static PodCertificateRequest made(String when) {
        return new PodCertificateRequestBuilder()
                .withNewMetadata()
                .withCreationTimestamp(when)
                .endMetadata()
                .build();
    }
}
