package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Score;
import java.util.Arrays;

/// Brings counts to points from 0 to 100.
final class Scores {

    private Scores() {}

    /// The largest gets 100; all get 0 when nothing is counted.
    static long[] mostFirst(long[] counts) {
        long most = Arrays.stream(counts).max().orElse(0);
        return Arrays.stream(counts)
                .map(count -> most == 0 ? 0 : Score.MOST * count / most)
                .toArray();
    }

    /// The smallest gets 100; all do when nothing is counted.
    static long[] fewestFirst(long[] counts) {
        long most = Arrays.stream(counts).max().orElse(0);
        return Arrays.stream(counts)
                .map(count -> most == 0 ? Score.MOST : Score.MOST - Score.MOST * count / most)
                .toArray();
    }

    /// The largest gets 100 and the smallest 0, also below zero; all get 0 when they are equal.
    static long[] fromLeastToMost(long[] sums) {
        long most = Arrays.stream(sums).max().orElse(0);
        long least = Arrays.stream(sums).min().orElse(0);
        return Arrays.stream(sums)
                .map(sum -> most == least ? 0 : Score.MOST * (sum - least) / (most - least))
                .toArray();
    }
}
