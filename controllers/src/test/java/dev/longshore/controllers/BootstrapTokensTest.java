package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootstrapTokensTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Secret token(String expiration) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("bootstrap-token-joshua")
                .endMetadata()
                .withType("bootstrap.kubernetes.io/token")
                .addToData("token-id", base64("joshua"))
                .addToData("token-secret", base64("my.secret"))
                .addToData("usage-bootstrap-signing", base64("true"))
                .addToData("expiration", base64(expiration))
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void aSignatureIsADetachedJws() {
        assertThat(BootstrapTokens.signature(new BootstrapTokens.Token("joshua", "my.secret"), "Hello, World!"))
                .startsWith("eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..")
                .hasSize("eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..".length() + 43);
    }

    @Test
    void eachTokenThatHasNotEndedSignsAndOldSignaturesGo() {
        var data = Map.of("kubeconfig", "text", "jws-kubeconfig-former", "x");

        assertThat(BootstrapSigner.signed(data, List.of(token("2026-01-02T00:00:00Z")), NOW))
                .containsOnlyKeys("kubeconfig", "jws-kubeconfig-joshua");
        assertThat(BootstrapSigner.signed(data, List.of(token("2025-12-31T00:00:00Z")), NOW))
                .containsOnlyKeys("kubeconfig");
        assertThat(BootstrapSigner.signed(Map.of(), List.of(token("")), NOW)).isEmpty();
    }

    @Test
    void whatIsNoTimeHasEnded() {
        assertThat(BootstrapTokens.end(token(""))).isEmpty();
        assertThat(BootstrapTokens.end(token("soon"))).contains(Instant.EPOCH);
    }
}
