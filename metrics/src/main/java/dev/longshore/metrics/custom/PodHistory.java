package dev.longshore.metrics.custom;

import dev.longshore.metrics.custom.PodReading.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The last two readings of one pod, and what follows from them. Immutable.
///
/// | The pod tells | Metrics are |
/// |---|---|
/// | a gauge `queue_length` | `queue_length`, as it is |
/// | a counter `http_requests_total` | `http_requests` and `http_requests_per_second`, its rate between both readings |
/// | a histogram or summary `latency` | `latency_count`, `latency_sum`, as counters |
record PodHistory(PodReading last, Optional<PodReading> before) {

    private static final String PER_SECOND = "_per_second";

    static PodHistory of(PodReading first) {
        return new PodHistory(first, Optional.empty());
    }

    PodHistory then(PodReading next) {
        return new PodHistory(next, next.at().isAfter(last.at()) ? Optional.of(last) : before);
    }

    /// All names that can be asked for.
    Set<String> names() {
        var names = new TreeSet<String>();
        last.gauges().keySet().forEach(series -> names.add(series.name()));
        if (before.isPresent()) {
            last.counters().keySet().forEach(series -> {
                names.add(series.name());
                names.add(series.name() + PER_SECOND);
            });
        }
        return names;
    }

    /// The values of `metric`, one for each of its series.
    List<Figure> figures(String metric) {
        var figures = new ArrayList<Figure>();
        last.gauges().forEach((series, value) -> {
            if (series.name().equals(metric)) {
                figures.add(new Figure(series.labels(), value, last.at(), Optional.empty()));
            }
        });
        before.ifPresent(earlier -> last.counters().forEach((series, value) -> {
            if (series.name().equals(metric) || (series.name() + PER_SECOND).equals(metric)) {
                rate(earlier, series, value).ifPresent(figures::add);
            }
        }));
        return figures;
    }

    private Optional<Figure> rate(PodReading earlier, Series series, double value) {
        Double from = earlier.counters().get(series);
        if (from == null) {
            return Optional.empty();
        }
        Duration window = Duration.between(earlier.at(), last.at());
        // A counter that has fallen has begun anew.
        double grown = value >= from ? value - from : value;
        return Optional.of(
                new Figure(series.labels(), grown / (window.toNanos() / 1e9), last.at(), Optional.of(window)));
    }

    int size() {
        return last.size() + before.map(PodReading::size).orElse(0);
    }
}
