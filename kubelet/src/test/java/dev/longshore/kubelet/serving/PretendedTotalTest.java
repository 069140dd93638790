package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PretendedTotalTest {

    private final ManualTime time = new ManualTime();
    private final PretendedTotal total = new PretendedTotal(time);

    @Test
    void whatContainersUsedStaysCountedWhenTheyAreGone() {
        assertThat(total.nanos(Map.of("a", 100L))).isEqualTo(100);
        assertThat(total.nanos(Map.of("a", 150L, "b", 7L))).isEqualTo(157);
        assertThat(total.nanos(Map.of("b", 10L))).isEqualTo(160);
        assertThat(total.nanos(Map.of())).isEqualTo(160);
    }

    @Test
    void anIdleMachineUsesALittle() {
        time.advance(Duration.ofSeconds(1));

        assertThat(total.nanos(Map.of())).isEqualTo(1_000_000);
    }
}
