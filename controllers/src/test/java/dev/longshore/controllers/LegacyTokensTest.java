package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.LegacyTokens.Verdict;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyTokensTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final ServiceAccount ACCOUNT = new ServiceAccountBuilder()
            .withNewMetadata()
            .withName("builder")
            .withUid("u-1")
            .endMetadata()
            .withSecrets(new ObjectReferenceBuilder().withName("builder-token").build())
            .build();

    @Test
    void oneThatNobodyUsesIsFirstSaidToBeInvalid() {
        assertThat(verdict(old())).isEqualTo(Verdict.INVALIDATE);
        assertThat(verdict(labelled(LegacyTokens.LAST_USED, "2025-06-14"))).isEqualTo(Verdict.INVALIDATE);
        assertThat(verdict(labelled(LegacyTokens.INVALID_SINCE, "yesterday"))).isEqualTo(Verdict.INVALIDATE);
    }

    @Test
    void andGoesAfterAnotherYear() {
        assertThat(verdict(labelled(LegacyTokens.INVALID_SINCE, "2025-06-15"))).isEqualTo(Verdict.KEEP);
        assertThat(verdict(labelled(LegacyTokens.INVALID_SINCE, "2025-06-14"))).isEqualTo(Verdict.DELETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-06-15", "2026-06-15", "some day"})
    void oneThatWasUsedOrMayHaveBeenStays(String used) {
        assertThat(verdict(labelled(LegacyTokens.LAST_USED, used))).isEqualTo(Verdict.KEEP);
    }

    @Test
    void oneThatIsYoungOrOfAnotherTypeStays() {
        Secret young = new SecretBuilder(old())
                .editMetadata()
                .withCreationTimestamp("2025-06-15T12:00:00Z")
                .endMetadata()
                .build();
        Secret other = new SecretBuilder(old()).withType("Opaque").build();

        assertThat(verdict(young)).isEqualTo(Verdict.KEEP);
        assertThat(verdict(other)).isEqualTo(Verdict.KEEP);
    }

    @Test
    void oneThatSomebodyMadeByHandStays() {
        ServiceAccount without =
                new ServiceAccountBuilder(ACCOUNT).withSecrets().build();
        ServiceAccount another = new ServiceAccountBuilder(ACCOUNT)
                .editMetadata()
                .withUid("u-2")
                .endMetadata()
                .build();

        assertThat(LegacyTokens.verdict(old(), Optional.of(without), List.of(), NOW))
                .isEqualTo(Verdict.KEEP);
        assertThat(LegacyTokens.verdict(old(), Optional.of(another), List.of(), NOW))
                .isEqualTo(Verdict.KEEP);
        assertThat(LegacyTokens.verdict(old(), Optional.empty(), List.of(), NOW))
                .isEqualTo(Verdict.KEEP);
    }

    @Test
    void oneThatAPodNamesStays() {
        Pod mounts = new PodBuilder()
                .withNewSpec()
                .addNewVolume()
                .withName("token")
                .withNewSecret()
                .withSecretName("builder-token")
                .endSecret()
                .endVolume()
                .endSpec()
                .build();
        Pod reads = new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .addNewEnv()
                .withName("TOKEN")
                .withNewValueFrom()
                .withNewSecretKeyRef("token", "builder-token", false)
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec()
                .build();

        for (Pod pod : List.of(mounts, reads)) {
            assertThat(LegacyTokens.verdict(old(), Optional.of(ACCOUNT), List.of(pod), NOW))
                    .isEqualTo(Verdict.KEEP);
        }
    }

    @Test
    void nothingIsJudgedBeforeUsesWereWrittenDownForAYear() {
        assertThat(LegacyTokens.isTrackedLongEnough("2025-06-14", NOW)).isTrue();
        assertThat(LegacyTokens.isTrackedLongEnough("2025-06-15", NOW)).isFalse();
        assertThat(LegacyTokens.isTrackedLongEnough("soon", NOW)).isFalse();
        assertThat(LegacyTokens.isTrackedLongEnough(null, NOW)).isFalse();
    }

    private static Verdict verdict(Secret token) {
        return LegacyTokens.verdict(token, Optional.of(ACCOUNT), List.of(), NOW);
    }

    private static Secret labelled(String label, String value) {
        return new SecretBuilder(old())
                .editMetadata()
                .addToLabels(label, value)
                .endMetadata()
                .build();
    }

    /// Made long ago for [#ACCOUNT].
    private static Secret old() {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("builder-token")
                .withNamespace("default")
                .withCreationTimestamp("2020-01-01T00:00:00Z")
                .addToAnnotations("kubernetes.io/service-account.name", "builder")
                .addToAnnotations("kubernetes.io/service-account.uid", "u-1")
                .endMetadata()
                .withType("kubernetes.io/service-account-token")
                .build();
    }
}
