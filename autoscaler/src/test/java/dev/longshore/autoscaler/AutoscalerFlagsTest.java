package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoscalerFlagsTest {

    @Test
    void withoutFlagsAllIsAsTheOriginalHasIt() {
        AutoscalerOptions options = AutoscalerFlags.parse(List.of());

        assertThat(options).isEqualTo(AutoscalerOptions.DEFAULT);
        assertThat(options.scanInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.group().unneededTime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.down().afterAdd()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.up().expanders()).containsExactly("least-waste");
    }

    @Test
    void flagsAreReadWithAndWithoutDashesAndTheLastOneCounts() {
        var options = AutoscalerFlags.parse(List.of(
                "--scale-down-unneeded-time=1m30s",
                "scale-down-unneeded-time=45s",
                "expander=priority,least-waste",
                "cores-total=2:16",
                "startup-taint=a",
                "startup-taint=b",
                "scale-down-enabled=false",
                "expendable-pods-priority-cutoff=-100"));

        assertThat(options.group().unneededTime()).isEqualTo(Duration.ofSeconds(45));
        assertThat(options.up().expanders()).containsExactly("priority", "least-waste");
        assertThat(options.up().cores()).isEqualTo(new Range(2, 16));
        assertThat(options.up().startupTaints()).containsExactly("a", "b");
        assertThat(options.up().expendableBelow()).isEqualTo(-100);
        assertThat(options.down().isEnabled()).isFalse();
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() {
        refused("scan-interval", "\"scan-interval\" is no flag: write NAME=VALUE, as scale-down-unneeded-time=1m");
        refused("scan-interval=soon", "scan-interval: time: invalid duration \"soon\"");
        refused("scan-interval=0", "scan-interval: must be more than 0");
        refused("max-nodes-total=many", "max-nodes-total: \"many\" is no number");
        refused("max-nodes-total=-1", "max-nodes-total: cannot be negative: -1");
        refused("cores-total=8:2", "cores-total: 8:2 is no range: write MIN:MAX, with 0 <= MIN <= MAX");
        refused("scale-down-enabled=yes", "scale-down-enabled: \"yes\" is neither true nor false");
        assertThatThrownBy(() -> AutoscalerFlags.parse(List.of("expandr=random")))
                .hasMessageStartingWith("unknown flag \"expandr\"; known are ")
                .hasMessageContaining(" expander, ");
    }

    private static void refused(String assignment, String message) {
        assertThatThrownBy(() -> AutoscalerFlags.parse(List.of(assignment)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
