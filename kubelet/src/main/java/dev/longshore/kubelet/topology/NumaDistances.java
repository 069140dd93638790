package dev.longshore.kubelet.topology;

import java.util.List;
import java.util.Map;

/// The machine's NUMA nodes and how far each is from each, as the kernel has it (10 is the node itself).
///
/// @param distances of each node to all nodes, in their order
public record NumaDistances(Map<Integer, List<Integer>> distances) {

    public NumaDistances {
        distances = Map.copyOf(distances);
    }

    /// All of them.
    public NumaNodes all() {
        return NumaNodes.of(distances.keySet());
    }

    /// Whether `one` are fewer, or as many and nearer together, than `other`.
    boolean isCloser(NumaNodes one, NumaNodes other) {
        if (one.count() != other.count()) {
            return one.isNarrowerThan(other);
        }
        double mine = average(one);
        double theirs = average(other);
        return mine == theirs ? Long.compareUnsigned(one.bits(), other.bits()) < 0 : mine < theirs;
    }

    private double average(NumaNodes nodes) {
        List<Integer> all = all().numbers();
        return nodes.numbers().stream()
                .flatMapToInt(from -> nodes.numbers().stream()
                        .mapToInt(to -> distances.get(from).get(all.indexOf(to))))
                .average()
                .orElse(0);
    }
}
