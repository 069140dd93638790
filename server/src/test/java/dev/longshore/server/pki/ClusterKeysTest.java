package dev.longshore.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
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
        Identity first = keys(NOW).identity("apiserver", SERVER);
        Identity again = keys(NOW.plus(Duration.ofDays(1))).identity("apiserver", SERVER);

        assertThat(again.chain()).isEqualTo(first.chain());
        var authority = keys(NOW).authority().identity().chain().getFirst();
        assertThatCode(() -> first.chain().getFirst().verify(authority.getPublicKey()))
                .doesNotThrowAnyException();
    }

    @Test
    void anIdentityIsMadeAnewWhenItExpiresSoonOrMustAnswerToMoreNames() throws IOException {
        Identity first = keys(NOW).identity("apiserver", SERVER);

        Identity later = keys(NOW.plus(Duration.ofDays(340))).identity("apiserver", SERVER);
        Identity wider = keys(NOW)
                .identity(
                        "apiserver",
                        CertificateRequest.server("kube-apiserver", List.of("localhost", "127.0.0.1", "node")));

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
        keys(NOW).identity("apiserver", SERVER);

        try (var files = Files.list(directory.resolve("pki"))) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    private ClusterKeys keys(Instant now) {
        return new ClusterKeys(directory.resolve("pki"), now, new SecureRandom());
    }
}
