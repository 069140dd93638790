package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetersTest {

    private static final Meter SEEN = Meter.counter("seen_total", "What was seen.", "color");
    private static final Meter SPANS =
            Meter.histogram("spans_seconds", "How long it took.", List.of(0.0000005, 0.5, 1.0), "color");

    private final Meters meters = new Meters();

    @Test
    void countsByLabels() {
        meters.count(SEEN, "red");
        meters.counter(SEEN, "red").increment();
        meters.counter(SEEN, "blue");

        assertThat(meters.families())
                .containsExactly(new MetricFamily(
                        "seen_total",
                        "counter",
                        "What was seen.",
                        List.of(new Sample(List.of("color"), List.of("red"), 2))));
    }

    @Test
    void saysHowManyTookAtMostHowLong() {
        meters.took(SPANS, 500, "red");
        meters.took(SPANS, 700_000_000, "red");
        meters.took(SPANS, 7_000_000_000L, "red");

        List<String> le = List.of("color", "le");
        assertThat(meters.families().getFirst().samples())
                .containsExactly(
                        new Sample("_bucket", le, List.of("red", "5e-07"), 1),
                        new Sample("_bucket", le, List.of("red", "0.5"), 1),
                        new Sample("_bucket", le, List.of("red", "1"), 2),
                        new Sample("_bucket", le, List.of("red", "+Inf"), 3),
                        new Sample("_sum", List.of("color"), List.of("red"), 7.7000005),
                        new Sample("_count", List.of("color"), List.of("red"), 3));
    }
}
