package dev.longshore.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewalTest {

    private static final Duration LIFE = Duration.ofMinutes(10);

    private final ManualTime time = new ManualTime();
    private final List<X509Certificate> told = new ArrayList<>();

    @TempDir
    private Path directory;

    private ClusterKeys keys;
    private KeptIdentity server;
    private KeptIdentity proxy;
    private Renewal renewal;

    @BeforeEach
    void start() throws IOException {
        keys = new ClusterKeys(
                directory.resolve("pki"),
                time,
                new Terms(LIFE, Duration.ofMinutes(2), Duration.ofMinutes(100)),
                new SecureRandom());
        server = keys.identity("apiserver", CertificateRequest.server("kube-apiserver", List.of("localhost")));
        proxy = keys.identity(
                keys.frontProxyAuthority(), "front-proxy-client", CertificateRequest.client("front-proxy-client"));
        renewal = new Renewal(keys, List.of(() -> told.add(server.certificate())), time);
        renewal.start();
    }

    @AfterEach
    void stop() {
        renewal.close();
        assertThat(time.timers()).isZero();
    }

    @Test
    void everyCertificateIsRenewedInTimeAgainAndAgain() {
        for (int minute = 0; minute < 60; minute++) {
            time.advance(Duration.ofMinutes(1));
            for (KeptIdentity kept : List.of(server, proxy)) {
                assertThat(kept.certificate().getNotAfter().toInstant()).isAfter(time.now());
            }
        }
        assertThat(told.stream().distinct().count()).isBetween(7L, 8L);
    }

    @Test
    void theAuthorityIsRenewedWithItsKeySoThatAllItHasSignedStaysGood() throws Exception {
        X509Certificate before = keys.authority().certificate();
        X509Certificate signedBefore = server.certificate();

        time.advance(Duration.ofMinutes(81));

        X509Certificate after = keys.authority().certificate();
        assertThat(after).isNotEqualTo(before);
        assertThat(after.getNotAfter()).isAfter(before.getNotAfter());
        assertThat(after.getSubjectX500Principal()).isEqualTo(before.getSubjectX500Principal());
        signedBefore.verify(after.getPublicKey());
        server.certificate().verify(before.getPublicKey());
        assertThat(Pem.certificates(directory.resolve("pki/ca.crt"))).containsExactly(after);
    }

    @Test
    void noCertificateOutlivesItsAuthority() throws IOException {
        time.advance(Duration.ofMinutes(79));

        assertThat(server.certificate().getNotAfter())
                .isBeforeOrEqualTo(keys.authority().certificate().getNotAfter());
    }

    @Test
    void whatCannotBeWrittenIsTriedAgainAndServesAsItIsUntilThen() throws IOException {
        X509Certificate before = server.certificate();
        Path pki = directory.resolve("pki");
        Path aside = directory.resolve("aside");
        Files.move(pki, aside);
        Files.writeString(pki, "in the way");

        time.advance(Duration.ofMinutes(9));
        assertThat(server.certificate()).isEqualTo(before);

        Files.delete(pki);
        Files.move(aside, pki);
        time.advance(Duration.ofSeconds(10));
        assertThat(server.certificate()).isNotEqualTo(before);
    }

    @Test
    void thoseThatAreNamedAreRenewedAtOnce() throws IOException {
        X509Certificate server = this.server.certificate();
        X509Certificate proxy = this.proxy.certificate();
        X509Certificate authority = keys.authority().certificate();
        time.advance(Duration.ofSeconds(1));

        assertThat(renewal.renew(List.of("apiserver"))).containsExactly("apiserver");
        assertThat(this.server.certificate()).isNotEqualTo(server);
        assertThat(this.proxy.certificate()).isEqualTo(proxy);

        assertThat(renewal.renew(List.of("all"))).containsExactly("apiserver", "front-proxy-client");
        assertThat(this.proxy.certificate()).isNotEqualTo(proxy);
        assertThat(keys.authority().certificate()).isEqualTo(authority);

        assertThat(renewal.renew(List.of("ca"))).containsExactly("ca");
        assertThat(keys.authority().certificate()).isNotEqualTo(authority);
    }

    @Test
    void anUnknownNameRenewsNothingAndSaysWhatThereIs() {
        X509Certificate before = server.certificate();

        assertThatThrownBy(() -> renewal.renew(List.of("apiserver", "nobody")))
                .hasMessage("no certificate is called nobody; there are apiserver, front-proxy-client, ca,"
                        + " front-proxy-ca, and all");
        assertThat(server.certificate()).isEqualTo(before);
    }

    @Test
    void somebodyElsesCertificateIsListedAndNotRenewed() {
        var end = time.now().plus(LIFE);
        keys.watch(() -> new CertificateState("registry", "", end, true));

        assertThat(keys.states()).contains(new CertificateState("registry", "", end, true));
        assertThatThrownBy(() -> renewal.renew(List.of("registry")))
                .hasMessage("the certificate registry is not this cluster's: renew it where it was made");
    }
}
