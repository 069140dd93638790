package dev.longshore.kubelet.topology;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How strictly resources of a container, or pod, are to come from the same NUMA nodes (`topologyManagerPolicy`;
/// pkg/kubelet/cm/topologymanager of Kubernetes 1.36).
public enum AlignmentPolicy {
    NONE("none"),
    /// As close together as possible.
    BEST_EFFORT("best-effort"),
    /// As close together as it could be on an empty machine, or not at all.
    RESTRICTED("restricted"),
    /// From one node, or not at all.
    SINGLE_NUMA_NODE("single-numa-node");

    private final String text;

    AlignmentPolicy(String text) {
        this.text = text;
    }

    /// By its name in the configuration.
    public static AlignmentPolicy named(String text) {
        for (AlignmentPolicy policy : values()) {
            if (policy.text.equals(text)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("no topology manager policy is called " + text);
    }

    /// Whether what comes out of [#merge] is good enough.
    public boolean takes(Hint merged) {
        return switch (this) {
            case NONE, BEST_EFFORT -> true;
            case RESTRICTED, SINGLE_NUMA_NODE -> merged.isPreferred();
        };
    }

    /// The nodes that suit all providers best.
    ///
    /// @param providers hints by resource of each; an empty map where it does not matter, an empty list where a
    /// resource cannot be had
    public Hint merge(NumaDistances machine, boolean prefersClosest, List<Map<String, List<Hint>>> providers) {
        List<List<Hint>> hints = HintMerger.flat(providers);
        if (this != SINGLE_NUMA_NODE) {
            return new HintMerger(machine, prefersClosest, hints).merge();
        }
        List<List<Hint>> single = hints.stream()
                .map(all -> all.stream()
                        .filter(hint -> hint.isPreferred()
                                && hint.nodes().map(nodes -> nodes.count() == 1).orElse(true))
                        .toList())
                .toList();
        Hint best = new HintMerger(machine, false, single).merge();
        return best.nodes().equals(Optional.of(machine.all())) ? new Hint(Optional.empty(), best.isPreferred()) : best;
    }
}
