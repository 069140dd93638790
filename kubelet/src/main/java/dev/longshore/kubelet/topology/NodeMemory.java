package dev.longshore.kubelet.topology;

import java.util.Map;

/// What a NUMA node has, in bytes.
///
/// @param memory all of it, huge pages with the rest
/// @param hugePages by resource, as `hugepages-2Mi`
public record NodeMemory(long memory, Map<String, Long> hugePages) {
    public NodeMemory {
        hugePages = Map.copyOf(hugePages);
    }
}
