package dev.longshore.apiserver;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// How often values were at most so large, for several sizes. Adding is cheap and never blocks.
final class Histogram {

    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    /// @param bounds in ascending order
    Histogram(double... bounds) {
        this.bounds = bounds;
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(double value) {
        int at = 0;
        while (at < bounds.length && value > bounds[at]) {
            at++;
        }
        counts[at].increment();
        sum.add(value);
    }

    /// Called for each bound, infinity last, with how many values were at most that large.
    void forEach(Reader reader) {
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i].sum();
            reader.read(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, below);
        }
    }

    double sum() {
        return sum.sum();
    }

    /// Takes what [#forEach] tells.
    @FunctionalInterface
    interface Reader {
        void read(double bound, long count);
    }
}
