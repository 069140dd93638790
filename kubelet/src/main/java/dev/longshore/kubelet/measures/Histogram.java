package dev.longshore.kubelet.measures;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// How long something took: how often at most so many seconds, and in all. Thread-safe.
public final class Histogram implements Family {

    /// The bounds that Prometheus' clients take where nobody says others.
    public static final List<BigDecimal> USUAL =
            bounds(".005", ".01", ".025", ".05", ".1", ".25", ".5", "1", "2.5", "5", "10");

    private static final int NANO_SCALE = 9;

    private final String name;
    private final String help;
    private final List<BigDecimal> bounds;
    private final Labels labels;
    private final Map<List<String>, Tally> tallies = new ConcurrentSkipListMap<>(Labels.ORDER);

    private static final class Tally {
        private final long[] buckets;
        private long count;
        private BigDecimal sum = BigDecimal.ZERO;

        Tally(int bounds) {
            this.buckets = new long[bounds];
        }
    }

    /// @param bounds in seconds, rising
    /// @param labels in the order of the alphabet
    public Histogram(String name, String help, List<BigDecimal> bounds, String... labels) {
        this.name = name;
        this.help = help;
        this.bounds = List.copyOf(bounds);
        this.labels = new Labels(List.of(labels));
    }

    /// Bounds as they are written.
    public static List<BigDecimal> bounds(String... seconds) {
        return Stream.of(seconds).map(BigDecimal::new).toList();
    }

    /// It took so long.
    ///
    /// @param values of the labels, in their order
    public void observe(long nanos, String... values) {
        BigDecimal seconds = BigDecimal.valueOf(nanos, NANO_SCALE);
        Tally tally = tallies.computeIfAbsent(labels.values(values), key -> new Tally(bounds.size()));
        synchronized (tally) {
            for (int i = bounds.size() - 1; i >= 0 && seconds.compareTo(bounds.get(i)) <= 0; i--) {
                tally.buckets[i]++;
            }
            tally.count++;
            tally.sum = tally.sum.add(seconds);
        }
    }

    @Override
    public void forget(Predicate<List<String>> values) {
        tallies.keySet().removeIf(values);
    }

    @Override
    public void write(Page page) {
        page.family(name, "histogram", help);
        tallies.forEach((values, tally) -> write(page, values, tally));
    }

    private void write(Page page, List<String> values, Tally tally) {
        synchronized (tally) {
            for (int i = 0; i < bounds.size(); i++) {
                String bound = bounds.get(i).stripTrailingZeros().toPlainString();
                page.sample(name + "_bucket", BigDecimal.valueOf(tally.buckets[i]), labels.with(values, "le", bound));
            }
            page.sample(name + "_bucket", BigDecimal.valueOf(tally.count), labels.with(values, "le", "+Inf"));
            page.sample(name + "_sum", tally.sum, labels.with(values));
            page.sample(name + "_count", BigDecimal.valueOf(tally.count), labels.with(values));
        }
    }
}
