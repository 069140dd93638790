package dev.longshore.metrics.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.metrics.exposition.MalformedExpositionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodHistoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static PodHistory after(String... texts) throws MalformedExpositionException {
        PodHistory history = PodHistory.of(PodReading.parse(texts[0], NOW));
        for (int i = 1; i < texts.length; i++) {
            history = history.then(PodReading.parse(texts[i], NOW.plusSeconds(10L * i)));
        }
        return history;
    }

    @Test
    void gaugesAreToldAsTheyAre() throws Exception {
        assertThat(after("queue_length{queue=\"a\"} 7\nqueue_length{queue=\"b\"} 8")
                        .figures("queue_length"))
                .containsExactlyInAnyOrder(
                        new Figure(Map.of("queue", "a"), 7, NOW, Optional.empty()),
                        new Figure(Map.of("queue", "b"), 8, NOW, Optional.empty()));
    }

    @Test
    void countersAreToldAsRatesBetweenTwoReadings() throws Exception {
        PodHistory history = after("http_requests_total 100", "http_requests_total 130");
        var rate = new Figure(Map.of(), 3, NOW.plusSeconds(10), Optional.of(Duration.ofSeconds(10)));

        assertThat(history.figures("http_requests")).containsExactly(rate);
        assertThat(history.figures("http_requests_per_second")).containsExactly(rate);
        assertThat(history.figures("http_requests_total")).isEmpty();
        assertThat(history.names()).containsExactly("http_requests", "http_requests_per_second");
        assertThat(after("http_requests_total 100").figures("http_requests")).isEmpty();
    }

    @Test
    void aCounterThatFallsHasBegunAnew() throws Exception {
        assertThat(after("c_total 100", "c_total 20").figures("c"))
                .map(Figure::value)
                .containsExactly(2.0);
    }

    @Test
    void aNewSeriesHasNoRateYet() throws Exception {
        assertThat(after("c_total{a=\"1\"} 1", "c_total{a=\"1\"} 2\nc_total{a=\"2\"} 50")
                        .figures("c"))
                .hasSize(1);
    }

    @Test
    void theTypeThatAProgramDeclaresCounts() throws Exception {
        String text = """
                # TYPE jobs counter
                jobs %d
                # TYPE odd_total gauge
                odd_total 5
                # TYPE latency histogram
                latency_bucket{le="1"} 3
                latency_sum %d
                latency_count %d
                # TYPE size summary
                size{quantile="0.5"} 3
                size_sum 1
                size_count 1
                """;
        PodHistory history = after(text.formatted(0, 0, 0), text.formatted(10, 20, 40));

        assertThat(history.figures("jobs")).map(Figure::value).containsExactly(1.0);
        assertThat(history.figures("odd_total")).map(Figure::value).containsExactly(5.0);
        assertThat(history.figures("latency_sum")).map(Figure::value).containsExactly(2.0);
        assertThat(history.figures("latency_count")).map(Figure::value).containsExactly(4.0);
        assertThat(history.figures("latency_bucket")).isEmpty();
        assertThat(history.figures("size")).isEmpty();
    }

    @Test
    void whatIsNoNumberIsLeftOut() throws Exception {
        assertThat(after("a NaN\nb +Inf").names()).isEmpty();
    }

    @Test
    void aPodThatTellsTooMuchIsRefused() {
        assertThatThrownBy(() -> after("m 1\n".repeat(PodReading.MOST_SAMPLES + 1)))
                .isInstanceOf(MalformedExpositionException.class);
    }
}
