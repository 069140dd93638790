package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationsTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.0000005S, 500ns",
        "PT0.0000015S, 1.5µs",
        "PT0.25S, 250ms",
        "PT15.034S, 15.034s",
        "PT1M, 1m0s",
        "PT2M45S, 2m45s",
        "PT1H0.5S, 1h0m0.5s",
        "PT-3S, -3s"
    })
    void durationsArePrintedAsGoDoes(Duration span, String text) {
        assertThat(GoDurations.print(span)).isEqualTo(text);
    }

    @Property
    void whatIsPrintedIsReadAsTheSame(@ForAll long nanos) {
        Duration span = Duration.ofNanos(Math.max(nanos, -Long.MAX_VALUE));

        assertThat(GoDurations.parse(GoDurations.print(span))).isEqualTo(span);
    }
}
