package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.ConfigApi.Request;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.volumes.PodCertificates.Credentials;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.PodCertificateProjectionBuilder;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodCertificatesTest {

    private static final String CHAIN = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .withUid("uid-web")
            .endMetadata()
            .build();

    private final FakeCluster cluster = new FakeCluster();
    private final ManualTime time = new ManualTime();
    private final PodCertificates certificates = new PodCertificates(cluster, new SecureRandom(), time);

    @Test
    void thePodWaitsUntilItsSignerHasAnswered() {
        assertThatThrownBy(this::look).hasMessage("credential bundle is not issued yet");
        assertThatThrownBy(this::look).hasMessage("credential bundle is not issued yet");
        assertThat(cluster.proofs).hasSize(1);

        issue("a comment\n" + CHAIN);

        assertThat(look().chain()).isEqualTo(CHAIN);
        assertThat(look().key()).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(cluster.proofs).hasSize(1);
    }

    @Test
    void aNewKeyIsAskedForInTimeAndTheOlderOneStandsUntilItIsThere() {
        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        issue(CHAIN);
        Credentials first = look();

        cluster.answer = new Request.Waiting();
        time.advance(Duration.ofHours(1));
        assertThat(look()).isEqualTo(first);
        assertThat(look()).isEqualTo(first);
        assertThat(cluster.proofs).hasSize(2);

        issue(CHAIN);
        assertThat(look().key()).isNotEqualTo(first.key());
    }

    @Test
    void aRefusalIsForGood() {
        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        cluster.answer = new Request.Refused("denied", "Policy", "not you");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::look)
                    .hasMessage("PodCertificateRequest was permanently denied: reason=\"Policy\" message=\"not you\"");
        }
        assertThat(cluster.proofs).hasSize(1);
    }

    @Test
    void aRequestThatHasGoneIsMadeAgainAfterAWhile() {
        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        cluster.proofs.clear();

        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        assertThat(cluster.proofs).isEmpty();
        time.advance(Duration.ofMinutes(11));
        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        assertThatThrownBy(this::look).isInstanceOf(VolumeException.class);
        assertThat(cluster.proofs).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA3072, RSA, SHA256withRSA",
        "ECDSAP256, EC, SHA256withECDSA",
        "ECDSAP384, EC, SHA384withECDSA",
        "ECDSAP521, EC, SHA512withECDSA",
        "ED25519, Ed25519, Ed25519"
    })
    void theProofIsARequestWithoutSubjectThatItsOwnKeyHasSigned(String type, String keys, String algorithm)
            throws GeneralSecurityException {
        KeyProof proof = KeyProof.of(type, new SecureRandom());

        ByteBuffer request = inside(ByteBuffer.wrap(proof.request()));
        byte[] info = whole(request);
        inside(request);
        byte[] signature = bytes(inside(request));
        ByteBuffer said = inside(ByteBuffer.wrap(info));
        assertThat(bytes(inside(said))).containsExactly(0);
        assertThat(bytes(inside(said))).isEmpty();
        PublicKey key = KeyFactory.getInstance(keys).generatePublic(new X509EncodedKeySpec(whole(said)));
        var verifying = Signature.getInstance(algorithm);
        verifying.initVerify(key);
        verifying.update(info);
        assertThat(verifying.verify(signature, 1, signature.length - 1)).isTrue();
        assertThat(proof.key()).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(proof.toString()).doesNotContain("PRIVATE");
    }

    /// The content of the next value of DER.
    private static ByteBuffer inside(ByteBuffer der) {
        der.get();
        int length = der.get() & 0xff;
        if (length >= 0x80) {
            int size = length - 0x80;
            length = 0;
            for (int i = 0; i < size; i++) {
                length = length << 8 | der.get() & 0xff;
            }
        }
        ByteBuffer content = der.slice(der.position(), length);
        der.position(der.position() + length);
        return content;
    }

    /// The next value with its head.
    private static byte[] whole(ByteBuffer der) {
        int from = der.position();
        inside(der);
        byte[] all = new byte[der.position() - from];
        der.get(from, all);
        return all;
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] all = new byte[content.remaining()];
        content.get(all);
        return all;
    }

    @Test
    void anUnknownTypeOfKeyIsRefused() {
        assertThatThrownBy(() -> KeyProof.of("DSA", new SecureRandom())).hasMessage("unknown key type \"DSA\"");
    }

    private void issue(String chain) {
        cluster.answer = new Request.Issued(chain, time.now().plus(Duration.ofMinutes(30)));
    }

    private Credentials look() {
        PodCertificateProjection wanted = new PodCertificateProjectionBuilder()
                .withSignerName("example.com/signer")
                .withKeyType("ECDSAP256")
                .build();
        return certificates.of(POD, "v", 0, wanted);
    }
}
