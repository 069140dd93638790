package dev.longshore.metrics.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeHistoryTest {

    private static final Instant BOOT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration RESOLUTION = Duration.ofSeconds(15);
    private static final PodKey POD = new PodKey("default", "web");
    private static final long MIB = 1 << 20;

    private static Reading reading(int second, Map<String, Point> containers) {
        return new Reading(
                Optional.of(new Point(Instant.EPOCH, BOOT.plusSeconds(second), second * 2_000_000_000L, 512 * MIB)),
                Map.of(POD, containers));
    }

    /// A container that started at second `start` and used half a core since.
    private static Point point(int start, int second) {
        return new Point(BOOT.plusSeconds(start), BOOT.plusSeconds(second), (second - start) * 500_000_000L, 32 * MIB);
    }

    private static NodeHistory after(Reading first, Reading... more) {
        NodeHistory history = NodeHistory.of(first, RESOLUTION);
        for (Reading reading : more) {
            history = history.then(reading);
        }
        return history;
    }

    @Test
    void usageIsTheRateBetweenTwoReadingsAndTheLastWorkingSet() {
        NodeHistory history = after(reading(100, Map.of("c", point(0, 100))), reading(115, Map.of("c", point(0, 115))));

        assertThat(history.pod(POD))
                .isEqualTo(Map.of("c", new Usage(BOOT.plusSeconds(115), RESOLUTION, 500_000_000, 32 * MIB)));
        assertThat(history.node()).contains(new Usage(BOOT.plusSeconds(115), RESOLUTION, 2_000_000_000, 512 * MIB));
    }

    @Test
    void oneReadingSaysNothing() {
        NodeHistory history = after(reading(100, Map.of("c", point(0, 100))));

        assertThat(history.pod(POD)).isEmpty();
        assertThat(history.node()).isEmpty();
    }

    @Test
    void aYoungContainersWindowBeginsWithItsStart() {
        NodeHistory history = after(reading(100, Map.of("c", point(88, 100))));

        assertThat(history.pod(POD).get("c").window()).isEqualTo(Duration.ofSeconds(12));
        assertThat(history.pod(POD).get("c").nanoCores()).isEqualTo(500_000_000);
        assertThat(after(reading(100, Map.of("c", point(95, 100)))).pod(POD)).isEmpty();
    }

    @Test
    void aRestartedContainerIsAnotherOne() {
        NodeHistory restarted =
                after(reading(100, Map.of("c", point(0, 100))), reading(115, Map.of("c", point(110, 115))));

        assertThat(restarted.pod(POD)).isEmpty();
        assertThat(restarted.then(reading(130, Map.of("c", point(110, 130)))).pod(POD))
                .containsKey("c");
    }

    @Test
    void aPodIsToldWhenAllItsContainersCanBe() {
        NodeHistory history = after(
                reading(100, Map.of("c", point(0, 100))),
                reading(115, Map.of("c", point(0, 115), "d", point(110, 115))));

        assertThat(history.pod(POD)).isEmpty();
    }

    @Test
    void aReadingThatIsNoNewerChangesNothing() {
        Reading same = reading(115, Map.of("c", point(0, 115)));

        NodeHistory history = after(reading(100, Map.of("c", point(0, 100))), same, same);

        assertThat(history.pod(POD).get("c").window()).isEqualTo(RESOLUTION);
        assertThat(history.node()).map(Usage::window).contains(RESOLUTION);
    }

    @Test
    void aCounterThatFallsBackSaysNothing() {
        var more = new Point(BOOT, BOOT.plusSeconds(100), 9_000_000_000_000L, MIB);

        assertThat(after(reading(100, Map.of("c", more)), reading(115, Map.of("c", point(0, 115))))
                        .pod(POD))
                .isEmpty();
    }

    @Test
    void whatIsGoneIsForgotten() {
        NodeHistory history = after(reading(100, Map.of("c", point(0, 100))), new Reading(Optional.empty(), Map.of()));

        assertThat(history.pod(POD)).isEmpty();
        assertThat(history.node()).isEmpty();
    }
}
