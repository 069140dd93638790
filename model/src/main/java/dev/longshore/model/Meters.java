package dev.longshore.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// Counters and histograms by their labels, for `/metrics`. What was never counted is not told. Thread-safe; counting
/// costs a look-up and an addition, and one that is held ([#counter], [#histogram]) the addition alone.
public final class Meters {

    private static final double NANOS = 1e9;

    private final Map<Series, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<Series, Histogram> histograms = new ConcurrentHashMap<>();

    /// What is counted.
    ///
    /// @param help one sentence
    /// @param labels their names
    /// @param bounds of a histogram, in ascending order; empty for a counter
    public record Meter(String name, String help, List<String> labels, List<Double> bounds) {
        public Meter {
            labels = List.copyOf(labels);
            bounds = List.copyOf(bounds);
        }

        /// One that counts how often.
        public static Meter counter(String name, String help, String... labels) {
            return new Meter(name, help, List.of(labels), List.of());
        }

        /// One that counts how often it was at most how much.
        public static Meter histogram(String name, String help, List<Double> bounds, String... labels) {
            return new Meter(name, help, List.of(labels), bounds);
        }
    }

    private record Series(Meter meter, List<String> values) {
        Series {
            if (values.size() != meter.labels.size()) {
                throw new IllegalArgumentException(meter.labels + " are " + values);
            }
            values = List.copyOf(values);
        }
    }

    /// How often values were at most so large, for several sizes.
    public static final class Histogram {
        private final double[] bounds;
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        private Histogram(List<Double> bounds) {
            this.bounds = bounds.stream().mapToDouble(Double::doubleValue).toArray();
            this.counts = new LongAdder[bounds.size() + 1];
            Arrays.setAll(counts, index -> new LongAdder());
        }

        /// Something took so long.
        public void took(long nanos) {
            double seconds = nanos / NANOS;
            int at = 0;
            while (at < bounds.length && seconds > bounds[at]) {
                at++;
            }
            counts[at].increment();
            sum.add(seconds);
        }

        private void tell(Series series, List<MetricFamily.Sample> samples) {
            long below = 0;
            for (int i = 0; i < counts.length; i++) {
                below += counts[i].sum();
                String bound = i < bounds.length ? shown(bounds[i]) : "+Inf";
                samples.add(new MetricFamily.Sample(
                        "_bucket", with(series.meter.labels, "le"), with(series.values, bound), below));
            }
            samples.add(new MetricFamily.Sample("_sum", series.meter.labels, series.values, sum.sum()));
            samples.add(new MetricFamily.Sample("_count", series.meter.labels, series.values, below));
        }

        private static List<String> with(List<String> list, String last) {
            var longer = new ArrayList<>(list);
            longer.add(last);
            return longer;
        }

        /// As Go writes it.
        private static String shown(double bound) {
            String text = Double.toString(bound);
            return text.contains("E-") ? text.replaceFirst("(\\.0)?E-(\\d)$", "e-0$2") : text.replaceFirst("\\.0$", "");
        }
    }

    /// The counter of `meter` for these values of its labels.
    public LongAdder counter(Meter meter, String... values) {
        return counters.computeIfAbsent(new Series(meter, List.of(values)), unseen -> new LongAdder());
    }

    /// The histogram of `meter` for these values of its labels.
    public Histogram histogram(Meter meter, String... values) {
        return histograms.computeIfAbsent(new Series(meter, List.of(values)), unseen -> new Histogram(meter.bounds));
    }

    /// It happened once more.
    public void count(Meter meter, String... values) {
        counter(meter, values).increment();
    }

    /// It took so long.
    public void took(Meter meter, long nanos, String... values) {
        histogram(meter, values).took(nanos);
    }

    /// All of it, by name.
    public List<MetricFamily> families() {
        var samples = new TreeMap<Meter, List<MetricFamily.Sample>>(Comparator.comparing(Meter::name));
        counters.forEach((series, count) -> {
            if (count.sum() > 0) {
                samples.computeIfAbsent(series.meter, unseen -> new ArrayList<>())
                        .add(new MetricFamily.Sample(series.meter.labels, series.values, count.sum()));
            }
        });
        histograms.forEach((series, histogram) -> {
            if (Arrays.stream(histogram.counts).anyMatch(count -> count.sum() > 0)) {
                histogram.tell(series, samples.computeIfAbsent(series.meter, unseen -> new ArrayList<>()));
            }
        });
        return samples.entrySet().stream()
                .map(entry -> new MetricFamily(
                        entry.getKey().name,
                        entry.getKey().bounds.isEmpty() ? "counter" : "histogram",
                        entry.getKey().help,
                        entry.getValue()))
                .toList();
    }
}
