package dev.longshore.controllers;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/// A set of completion indexes, written as `0,3-5,7,8`: what `status.completedIndexes` holds.
final class JobIndexes {

    private final BitSet bits;

    private JobIndexes(BitSet bits) {
        this.bits = bits;
    }

    static JobIndexes none() {
        return new JobIndexes(new BitSet());
    }

    /// Reads `text`, which may be null or empty; what is not below `completions` is left out.
    static JobIndexes parse(String text, int completions) {
        var bits = new BitSet();
        if (text != null && !text.isEmpty()) {
            for (String interval : text.split(",")) {
                read(interval, completions, bits);
            }
        }
        return new JobIndexes(bits);
    }

    /// What is no interval is passed over.
    private static void read(String interval, int completions, BitSet bits) {
        String[] ends = interval.split("-", 2);
        try {
            int from = Integer.parseUnsignedInt(ends[0]);
            int to = ends.length == 1 ? from : Integer.parseUnsignedInt(ends[1]);
            if (from < completions) {
                bits.set(from, Math.max(from, Math.min(to, completions - 1)) + 1);
            }
        } catch (NumberFormatException corrupt) {
            // The status was written by somebody else; the pods tell what is true.
        }
    }

    JobIndexes with(JobIndexes others) {
        var bits = (BitSet) this.bits.clone();
        bits.or(others.bits);
        return new JobIndexes(bits);
    }

    JobIndexes with(Iterable<Integer> more) {
        var bits = (BitSet) this.bits.clone();
        more.forEach(bits::set);
        return new JobIndexes(bits);
    }

    boolean contains(int index) {
        return bits.get(index);
    }

    boolean containsAll(JobIndexes others) {
        var missing = (BitSet) others.bits.clone();
        missing.andNot(bits);
        return missing.isEmpty();
    }

    int size() {
        return bits.cardinality();
    }

    /// How many are in both.
    int common(JobIndexes other) {
        var both = (BitSet) bits.clone();
        both.and(other.bits);
        return both.cardinality();
    }

    /// The first `count` numbers below `completions` that are not in this set.
    List<Integer> firstMissing(int count, int completions) {
        var missing = new ArrayList<Integer>();
        for (int i = bits.nextClearBit(0); i < completions && missing.size() < count; i = bits.nextClearBit(i + 1)) {
            missing.add(i);
        }
        return missing;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobIndexes indexes && bits.equals(indexes.bits);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(bits);
    }

    @Override
    public String toString() {
        var intervals = new ArrayList<String>();
        for (int from = bits.nextSetBit(0); from >= 0; ) {
            int to = bits.nextClearBit(from) - 1;
            // Two that are neighbours are no interval yet.
            intervals.add(from == to ? "" + from : from + (to == from + 1 ? "," : "-") + to);
            from = bits.nextSetBit(to + 1);
        }
        return String.join(",", intervals);
    }
}
