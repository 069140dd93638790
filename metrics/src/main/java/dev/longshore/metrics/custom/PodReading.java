package dev.longshore.metrics.custom;

import dev.longshore.metrics.exposition.Exposition;
import dev.longshore.metrics.exposition.MalformedExpositionException;
import dev.longshore.metrics.exposition.Sample;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// What one pod told at one time. Counters are known by their names without `_total`. Buckets and quantiles are
/// left out: sums of them mean nothing. Immutable.
record PodReading(Instant at, Map<Series, Double> gauges, Map<Series, Double> counters) {

    /// Of one pod.
    static final int MOST_SAMPLES = 20_000;

    private static final String TOTAL = "_total";

    /// A name with labels.
    record Series(String name, Map<String, String> labels) {}

    static PodReading parse(String text, Instant now) throws MalformedExpositionException {
        var sorter = new Sorter();
        Exposition.read(text, MOST_SAMPLES, sorter);
        return new PodReading(now, Map.copyOf(sorter.gauges), Map.copyOf(sorter.counters));
    }

    int size() {
        return gauges.size() + counters.size();
    }

    private static final class Sorter implements Exposition.Taker {
        private final Map<String, String> types = new HashMap<>();
        private final Map<Series, Double> gauges = new HashMap<>();
        private final Map<Series, Double> counters = new HashMap<>();

        @Override
        public void type(String name, String type) {
            types.put(name, type);
        }

        @Override
        public void take(Sample sample) {
            if (!Double.isFinite(sample.value())) {
                return;
            }
            String name = sample.name();
            switch (types.getOrDefault(name, family(name))) {
                case "counter" -> counters.put(new Series(stripped(name), sample.labels()), sample.value());
                case "summary", "histogram", "part" -> {
                    // Quantiles and buckets.
                }
                default -> gauges.put(new Series(name, sample.labels()), sample.value());
            }
        }

        /// The type of what has none of its own, from its ending.
        private String family(String name) {
            for (String end : new String[] {"_bucket", "_sum", "_count"}) {
                String type = name.endsWith(end)
                        ? types.getOrDefault(name.substring(0, name.length() - end.length()), "")
                        : "";
                if (type.equals("histogram") || type.equals("summary")) {
                    return end.equals("_bucket") ? "part" : "counter";
                }
            }
            if (name.endsWith(TOTAL)) {
                return "counter";
            }
            return "gauge";
        }

        private static String stripped(String name) {
            return name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
        }
    }
}
