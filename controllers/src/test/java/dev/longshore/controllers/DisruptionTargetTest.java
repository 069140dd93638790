package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DisruptionTargetTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.5Z");

    @Test
    void aPodOfANodeThatIsNoMoreHasFailedUnlessItHadEnded() {
        var running = Samples.ready("a", "10.0.0.1");
        var ended = new PodBuilder(running)
                .editStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();

        assertThat(DisruptionTarget.ORPHANED
                        .patch(running, NOW)
                        .path("status")
                        .path("phase")
                        .asString())
                .isEqualTo("Failed");
        assertThat(DisruptionTarget.ORPHANED.patch(ended, NOW).path("status").has("phase"))
                .isFalse();
    }

    @Test
    void anEvictedPodSaysWhyAndStaysWhatItWas() {
        var status = DisruptionTarget.TAINTED
                .patch(Samples.ready("a", "10.0.0.1"), NOW)
                .path("status");

        assertThat(status.has("phase")).isFalse();
        assertThat(status.path("conditions").path(0).path("reason").asString()).isEqualTo("DeletionByTaintManager");
        assertThat(status.path("conditions").path(0).path("lastTransitionTime").asString())
                .isEqualTo("2026-01-01T00:00:00Z");
    }
}
