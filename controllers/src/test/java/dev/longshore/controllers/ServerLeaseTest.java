package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ServerLeaseTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aServerIsCalledAfterItsMachine() {
        assertThat(ServerLeaseKeeper.identity("localhost")).isEqualTo("apiserver-jgla3zmib2ggq5buc4hwi5talm");
        assertThat(ServerLeaseKeeper.identity("node")).isEqualTo("apiserver-krpkkocgcab67xemqhbeiuy3aa");
    }

    @Test
    void aLeaseThatWasNotRenewedForItsDurationHasEnded() {
        assertThat(ServerLeaseCleaner.hasEnded(renewed(NOW.minusSeconds(3600)), NOW))
                .isFalse();
        assertThat(ServerLeaseCleaner.hasEnded(renewed(NOW.minusSeconds(3601)), NOW))
                .isTrue();
    }

    @Test
    void aLeaseThatDoesNotSayWhenItWasRenewedHasEnded() {
        assertThat(ServerLeaseCleaner.hasEnded(
                        new LeaseBuilder().withNewSpec().endSpec().build(), NOW))
                .isTrue();
        assertThat(ServerLeaseCleaner.hasEnded(new Lease(), NOW)).isTrue();
    }

    private static Lease renewed(Instant time) {
        return new LeaseBuilder()
                .withNewSpec()
                .withLeaseDurationSeconds(3600)
                .withRenewTime(time.atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }
}
