package dev.longshore.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterKeysTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final CertificateRequest SERVER =
            CertificateRequest.server("kube-apiserver", List.of("localhost", "127.0.0.1"));

    @TempDir
    private Path directory;

    @Test
    void anIdentityIsSignedByTheClusterAndKeptAcrossStarts() throws IOException {
        Identity first = keys(NOW).identity("apiserver", SERVER).get();
        Identity again =
                keys(NOW.plus(Duration.ofDays(1))).identity("apiserver", SERVER).get();

        assertThat(again.chain()).isEqualTo(first.chain());
        var authority = keys(NOW).authority().certificate();
        assertThatCode(() -> first.chain().getFirst().verify(authority.getPublicKey()))
                .doesNotThrowAnyException();
    }

    @Test
    void anIdentityIsMadeAnewWhenItExpiresSoonOrMustAnswerToMoreNames() throws IOException {
        Identity first = keys(NOW).identity("apiserver", SERVER).get();

        Identity later = keys(NOW.plus(Duration.ofDays(340)))
                .identity("apiserver", SERVER)
                .get();
        Identity wider = keys(NOW)
                .identity(
                        "apiserver",
                        CertificateRequest.server("kube-apiserver", List.of("localhost", "127.0.0.1", "node")))
                .get();

        assertThat(later.chain()).isNotEqualTo(first.chain());
        assertThat(wider.chain()).isNotEqualTo(later.chain());
    }

    @Test
    void serviceAccountKeysAreKept() throws IOException {
        var first = keys(NOW).serviceAccountKeys();

        assertThat(keys(NOW).serviceAccountKeys().getPublic()).isEqualTo(first.getPublic());
    }

    @Test
    void nobodyElseReadsTheKeys() throws IOException {
        keys(NOW).identity("apiserver", SERVER).get();

        try (var files = Files.list(directory.resolve("pki"))) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void anIdentityOfAnotherUserOrAForeignKeyIsMadeAnew() throws IOException {
        Identity first = keys(NOW)
                .identity("client", CertificateRequest.client("a", "g"))
                .get();
        Identity renamed = keys(NOW)
                .identity("client", CertificateRequest.client("b", "g"))
                .get();
        Identity regrouped = keys(NOW)
                .identity("client", CertificateRequest.client("b", "h"))
                .get();
        Files.copy(
                directory.resolve("pki/ca.key"),
                directory.resolve("pki/client.key"),
                StandardCopyOption.REPLACE_EXISTING);
        Identity repaired = keys(NOW)
                .identity("client", CertificateRequest.client("b", "h"))
                .get();

        assertThat(List.of(first.chain(), renamed.chain(), regrouped.chain(), repaired.chain()))
                .doesNotHaveDuplicates();
    }

    @Test
    void anAuthorityThatHasLostItsKeyIsNotReplaced() throws IOException {
        keys(NOW).authority();
        Files.delete(directory.resolve("pki/ca.key"));

        assertThatThrownBy(() -> keys(NOW).authority())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.crt is there and its other half is not");
    }

    @Test
    void anExpiredClusterIsGoodAgainAfterItsNextStart() throws IOException {
        Identity first = keys(NOW).identity("apiserver", SERVER).get();
        Instant later = NOW.plus(Duration.ofDays(4000));

        ClusterKeys keys = keys(later);
        Identity renewed = keys.identity("apiserver", SERVER).get();

        assertThat(renewed.chain()).isNotEqualTo(first.chain());
        assertThat(renewed.chain().getFirst().getNotAfter()).isAfter(Date.from(later));
        assertThat(keys.authority().certificate().getNotAfter()).isAfter(Date.from(later));
    }

    @Test
    void whatIsStoredIsListedAndRenewedWithoutKnowingWhatItIsFor() throws IOException {
        ClusterKeys running = keys(NOW);
        CertificateRequest asked =
                CertificateRequest.client("kubernetes-admin", "system:masters").withRsaKey();
        running.identity("admin", asked);
        running.identity("apiserver", SERVER);
        running.identity(
                running.frontProxyAuthority(), "front-proxy-client", CertificateRequest.client("front-proxy-client"));

        ClusterKeys stopped = keys(NOW.plus(Duration.ofDays(100)));
        stopped.takeStored();

        assertThat(stopped.states())
                .extracting(state -> state.name() + " by " + state.authority())
                .containsExactly(
                        "admin by ca",
                        "apiserver by ca",
                        "front-proxy-client by front-proxy-ca",
                        "ca by ",
                        "front-proxy-ca by ");
        assertThat(stopped.renew("admin")).isTrue();
        assertThat(stopped.renew("nobody")).isFalse();
        var renewed = keys(NOW).identity("admin", asked).get().chain().getFirst();
        assertThat(renewed.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(465)));
        assertThat(CertificateRequest.of(renewed)).isEqualTo(asked);
    }

    private ClusterKeys keys(Instant now) {
        return new ClusterKeys(directory.resolve("pki"), new ManualTime(now), Terms.USUAL, new SecureRandom());
    }
}
