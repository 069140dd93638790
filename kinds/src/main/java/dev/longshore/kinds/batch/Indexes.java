package dev.longshore.kinds.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Indexes of pods as text: `1,3-5,7`, in increasing order.
///
/// @param fault what is wrong with the text; empty if nothing
record Indexes(List<Interval> intervals, String fault) {

    /// From `first` to `last`, both included.
    record Interval(long first, long last) {}

    private record Parsed(Interval interval, String fault) {}

    static Indexes parse(String text, long completions) {
        var intervals = new ArrayList<Interval>();
        if (text.isEmpty()) {
            return new Indexes(intervals, "");
        }
        long before = -1;
        for (String part : text.split(",", -1)) {
            Parsed parsed = interval(part, completions);
            if (!parsed.fault().isEmpty()) {
                return new Indexes(List.of(), parsed.fault());
            }
            long first = parsed.interval().first();
            if (before >= first) {
                return new Indexes(List.of(), "non-increasing order, previous: " + before + ", current: " + first);
            }
            intervals.add(parsed.interval());
            before = parsed.interval().last();
        }
        return new Indexes(intervals, "");
    }

    /// How many there are.
    long total() {
        return intervals.stream().mapToLong(one -> one.last() - one.first() + 1).sum();
    }

    /// The first index that `other` has too.
    Optional<Long> overlap(Indexes other) {
        for (Interval one : intervals) {
            for (Interval two : other.intervals) {
                if (one.first() <= two.last() && two.first() <= one.last()) {
                    return Optional.of(Math.max(one.first(), two.first()));
                }
            }
        }
        return Optional.empty();
    }

    private static Parsed interval(String part, long completions) {
        String[] ends = part.split("-", -1);
        if (ends.length > 2) {
            return failed("the fragment \"" + part
                    + "\" violates the requirement that an index interval can have at most two parts separated by '-'");
        }
        long[] values = new long[ends.length];
        for (int i = 0; i < ends.length; i++) {
            if (!ends[i].matches("\\+?\\d{1,18}")) {
                return failed("cannot convert string to integer for index: \"" + ends[i] + "\"");
            }
            values[i] = Long.parseLong(ends[i]);
            if (values[i] >= completions) {
                return failed("too large index: \"" + ends[i] + "\"");
            }
        }
        if (values.length == 2 && values[0] >= values[1]) {
            return failed("non-increasing order, previous: " + values[0] + ", current: " + values[1]);
        }
        return new Parsed(new Interval(values[0], values[values.length - 1]), "");
    }

    private static Parsed failed(String fault) {
        return new Parsed(new Interval(0, 0), fault);
    }
}
