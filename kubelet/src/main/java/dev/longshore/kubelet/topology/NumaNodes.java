package dev.longshore.kubelet.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Some of the machine's NUMA nodes. Immutable.
///
/// @param bits one for each node, of which there are 64 at most
public record NumaNodes(long bits) {

    private static final int MOST = 64;

    /// No node.
    public static final NumaNodes NONE = new NumaNodes(0);

    /// These.
    public static NumaNodes of(Collection<Integer> numbers) {
        long bits = 0;
        for (int number : numbers) {
            if (number < 0 || number >= MOST) {
                throw new IllegalArgumentException("no machine has a NUMA node " + number);
            }
            bits |= 1L << number;
        }
        return new NumaNodes(bits);
    }

    /// Every choice of one or more of `numbers`, the small ones first.
    public static List<NumaNodes> choices(Collection<Integer> numbers) {
        var all = new ArrayList<NumaNodes>();
        List<Integer> sorted = numbers.stream().sorted().toList();
        for (int size = 1; size <= sorted.size(); size++) {
            choose(sorted, size, 0, 0, all);
        }
        return all;
    }

    private static void choose(List<Integer> from, int size, int start, long chosen, List<NumaNodes> all) {
        if (size == 0) {
            all.add(new NumaNodes(chosen));
            return;
        }
        for (int i = start; i <= from.size() - size; i++) {
            choose(from, size - 1, i + 1, chosen | 1L << from.get(i), all);
        }
    }

    /// Their numbers, the lowest first.
    public List<Integer> numbers() {
        var numbers = new ArrayList<Integer>();
        for (int number = 0; number < MOST; number++) {
            if (has(number)) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    public boolean has(int number) {
        return (bits & 1L << number) != 0;
    }

    /// Whether all of `others` are among these.
    public boolean hasAll(NumaNodes others) {
        return (others.bits & ~bits) == 0;
    }

    public int count() {
        return Long.bitCount(bits);
    }

    /// Those that are in both.
    public NumaNodes common(NumaNodes others) {
        return new NumaNodes(bits & others.bits);
    }

    /// Whether these are fewer, or as many with lower numbers.
    public boolean isNarrowerThan(NumaNodes others) {
        return count() == others.count() ? Long.compareUnsigned(bits, others.bits) < 0 : count() < others.count();
    }
}
