package dev.longshore.apiserver.flow;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// How often values were how large. Thread-safe.
final class Histogram {

    static final double[] SECONDS = {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};

    private final double[] bounds;
    private final LongAdder[] buckets;
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.buckets = new LongAdder[bounds.length + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void observe(double value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        buckets[i].increment();
        sum.add(value);
    }

    void print(StringBuilder text, String name, String labels) {
        long count = 0;
        for (int i = 0; i < buckets.length; i++) {
            count += buckets[i].sum();
            String bound = i < bounds.length ? number(bounds[i]) : "+Inf";
            text.append("%s_bucket{%s,le=\"%s\"} %d\n".formatted(name, labels, bound, count));
        }
        text.append("%s_sum{%s} %s\n%s_count{%s} %d\n".formatted(name, labels, sum.sum(), name, labels, count));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
