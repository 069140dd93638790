package dev.longshore.bench;

import java.util.Arrays;

/// Times of one kind of work, from many threads.
final class Latencies {

    private long[] nanos = new long[1 << 14];
    private int count;

    synchronized void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = duration;
    }

    synchronized int count() {
        return count;
    }

    synchronized void clear() {
        count = 0;
    }

    /// One line of a report.
    synchronized String line(String what, double seconds) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return "%-44s %9.0f/s   median %8.2f ms   p99 %8.2f ms   worst %8.2f ms   (%d)"
                .formatted(what, count / seconds, millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 1), count);
    }

    /// Median and extremes alone, for what is not counted by the second.
    synchronized String spread() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return "median %8.0f ms   p99 %8.0f ms   fastest %8.0f ms   (%d)"
                .formatted(millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 0), count);
    }

    /// The median.
    synchronized double medianSeconds() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return millis(sorted, 0.5) / 1e3;
    }

    /// How long the quickest `share` of them took at most.
    synchronized double millis(double share) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return millis(sorted, share);
    }

    private static double millis(long[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int at = (int) Math.min(sorted.length - 1, Math.floor(share * sorted.length));
        return sorted[at] / 1e6;
    }
}
