package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.configuration.EvictionThreshold;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PressureWatchTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aSoftThresholdIsDueAfterItsGraceAndItsConditionHoldsAtOnce() {
        var watch = watch("""
                evictionHard: {}
                evictionSoft: {memory.available: "100"}
                evictionSoftGracePeriod: {memory.available: 1m}
                """);

        assertThat(watch.look(memory(99), now)).isEmpty();
        assertThat(watch.conditions()).containsExactly("MemoryPressure");
        assertThat(watch.look(memory(99), after(30))).isEmpty();
        assertThat(watch.look(memory(99), after(30))).hasSize(1);
    }

    @Test
    void whoRecoversMeanwhileBeginsItsGraceAnew() {
        var watch = watch("""
                evictionHard: {}
                evictionSoft: {memory.available: "100"}
                evictionSoftGracePeriod: {memory.available: 1m}
                """);

        watch.look(memory(99), now);
        watch.look(memory(100), after(50));

        assertThat(watch.look(memory(99), after(20))).isEmpty();
        assertThat(watch.look(memory(99), after(60))).hasSize(1);
    }

    @Test
    void whatWasDueStaysSoUntilWhatMustComeFreeIsFree() {
        var watch = watch("""
                evictionHard: {memory.available: "100"}
                evictionMinimumReclaim: {memory.available: "50"}
                """);

        assertThat(watch.look(memory(99), now)).hasSize(1);
        assertThat(watch.look(memory(149), after(10))).hasSize(1);
        assertThat(watch.isRelieved(memory(149))).isFalse();
        assertThat(watch.look(memory(150), after(10))).isEmpty();
        // Without having been below, 120 is enough.
        assertThat(watch.look(memory(120), after(10))).isEmpty();
    }

    @Test
    void aConditionOutlivesItsCauseForAWhile() {
        var watch = watch("evictionHard: {pid.available: \"10%\"}");
        watch.look(Map.of("pid.available", new Observation(9, 100)), now);

        watch.look(Map.of("pid.available", new Observation(50, 100)), after(299));
        assertThat(watch.conditions()).containsExactly("PIDPressure");

        watch.look(Map.of("pid.available", new Observation(50, 100)), after(1));
        assertThat(watch.conditions()).isEmpty();
    }

    @Test
    void memoryComesBeforeAllElse() {
        var watch = watch("evictionHard: {nodefs.available: 10%, imagefs.inodesFree: 5%, memory.available: \"100\"}");

        List<EvictionThreshold> due = watch.look(
                Map.of(
                        "nodefs.available", new Observation(9, 100),
                        "imagefs.inodesFree", new Observation(4, 100),
                        "memory.available", new Observation(1, 1000)),
                now);

        assertThat(due)
                .extracting(EvictionThreshold::signal)
                .startsWith("memory.available")
                .hasSize(3);
        assertThat(watch.conditions()).containsExactlyInAnyOrder("MemoryPressure", "DiskPressure");
    }

    @Test
    void podsTogetherMayRunShortOfMemoryWhileTheNodeHasSome() {
        var watch = watch("evictionHard: {memory.available: \"100\"}");

        List<EvictionThreshold> due = watch.look(
                Map.of(
                        "memory.available", new Observation(500, 1000),
                        "allocatableMemory.available", new Observation(99, 800)),
                now);

        assertThat(due).extracting(EvictionThreshold::signal).containsExactly("allocatableMemory.available");
        assertThat(watch.conditions()).containsExactly("MemoryPressure");
    }

    private Instant after(long seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
        return now;
    }

    private static Map<String, Observation> memory(long available) {
        return Map.of("memory.available", new Observation(available, 1000));
    }

    private static PressureWatch watch(String fields) {
        var configuration = KubeletConfiguration.parse("""
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                """ + fields);
        return new PressureWatch(
                configuration.thresholds(), configuration.duration("evictionPressureTransitionPeriod"));
    }
}
