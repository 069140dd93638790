package dev.longshore.server.pki;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.controllers.CertificateSigner.Validity;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingCertificateTest {

    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> NAMES = List.of("node-1", "192.0.2.7");

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final SecureRandom randomness = new SecureRandom();
    private final CertificateAuthority authority = CertificateAuthority.create("ca", time.now(), randomness);
    private final SigningApi api = new SigningApi();
    private final KubernetesClient client = api.client();
    private ServingCertificate serving;

    @BeforeEach
    void make() {
        serving = serving();
    }

    private ServingCertificate serving() {
        return new ServingCertificate(client, "node-1", NAMES, directory, randomness, time);
    }

    @AfterEach
    void stop() {
        serving.close();
        client.close();
    }

    private void issue(CertificateSigningRequest request) {
        var signer = new RequestedCertificates(authority::identity, randomness);
        String asked = new String(Base64.getDecoder().decode(request.getSpec().getRequest()), US_ASCII);
        String chain = signer.sign(
                asked,
                request.getSpec().getUsages(),
                new Validity(time.now(), time.now().plus(DAY)));
        api.issue(request, chain);
    }

    @Test
    void aNodeAsksInItsOwnNameAndShowsNothingUntilSomebodyApproves() {
        serving.start();

        CertificateSigningRequest request = api.only();
        assertThat(request.getSpec().getSignerName()).isEqualTo("kubernetes.io/kubelet-serving");
        assertThat(request.getSpec().getUsages()).containsExactly("digital signature", "server auth");
        assertThatThrownBy(serving::get)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("waits for approval");

        issue(request);
        time.advance(SOON);

        var leaf = serving.get().chain().getFirst();
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=system:node:node-1,O=system:nodes");
        assertThat(CertificateRequest.of(leaf).names()).isEqualTo(NAMES);
    }

    @Test
    void theNextStartHasItAndAsksForNothing() {
        serving.start();
        issue(api.only());
        time.advance(SOON);
        Identity first = serving.get();
        serving.close();

        serving = serving();
        serving.start();
        time.advance(SOON);

        assertThat(serving.get().chain()).isEqualTo(first.chain());
        assertThat(api.asked()).isEqualTo(1);
    }

    @Test
    void anotherIsAskedForInTimeAndTheOlderIsShownMeanwhile() {
        serving.start();
        issue(api.only());
        time.advance(SOON);
        Identity first = serving.get();

        time.advance(DAY.multipliedBy(6).dividedBy(10));
        assertThat(api.asked()).isEqualTo(1);
        time.advance(DAY.multipliedBy(31).dividedBy(100));

        assertThat(api.asked()).as("again and again, since nobody answers").isGreaterThan(1);
        assertThat(serving.get()).isEqualTo(first);
        issue(api.last());
        time.advance(SOON);
        assertThat(serving.get().chain()).isNotEqualTo(first.chain());
    }

    @Test
    void whoWasDeniedAsksAgainLater() {
        serving.start();
        api.deny(api.only());

        time.advance(SOON);
        assertThat(api.asked()).isEqualTo(1);
        time.advance(Duration.ofMinutes(3));

        assertThat(api.asked()).isEqualTo(2);
    }

    @Test
    void aRequestThatIsGoneIsMadeAgain() {
        serving.start();
        api.delete(api.only());

        time.advance(SOON.multipliedBy(2));

        assertThat(api.asked()).isEqualTo(2);
    }

    @Test
    void aRequestThatHasNoStatusYetIsWaitedFor() {
        serving.start();
        CertificateSigningRequest request = api.only();
        api.strip(request);
        time.advance(SOON);
        assertThatThrownBy(serving::get).hasMessageContaining("waits for approval");

        issue(request);
        time.advance(SOON);

        assertThat(serving.get().chain()).isNotEmpty();
    }

    @Test
    void aCertificateOfAnotherKeyIsNotShownAndAnotherIsAskedFor() {
        serving.start();
        api.issue(api.only(), Pem.of(authority.identity().chain()));
        time.advance(SOON);
        assertThatThrownBy(serving::get).isInstanceOf(IllegalStateException.class);

        time.advance(Duration.ofMinutes(3));
        assertThat(api.asked()).isEqualTo(2);
        issue(api.last());
        time.advance(SOON);

        assertThat(serving.get().chain()).isNotEmpty();
    }

    @Test
    void aSignerThatGivesNothingReadableIsAskedAgain() {
        serving.start();
        api.issue(api.only(), "");
        time.advance(SOON);
        api.issue(api.last(), "nothing of the kind");

        time.advance(Duration.ofMinutes(3));

        assertThat(api.asked()).isEqualTo(2);
    }
}
