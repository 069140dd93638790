package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What the whole cluster may have, and has: nodes, cores and memory. What is granted is counted at once.
final class ClusterLimits {

    private static final long GIB = 1L << 30;

    private final ScaleUpOptions options;
    private long nodes;
    private long cores;
    private long memory;

    /// @param present nodes that are there or on their way; those that are being removed do not count
    ClusterLimits(ScaleUpOptions options, Collection<Node> present) {
        this.options = options;
        for (Node node : present) {
            nodes++;
            cores += NodeTraits.cores(node);
            memory += NodeTraits.memory(node);
        }
    }

    /// How many of `wanted` nodes like `node` may be added.
    int allowed(Node node, int wanted) {
        long most = wanted;
        if (options.maxNodesTotal() > 0) {
            most = Math.min(most, options.maxNodesTotal() - nodes);
        }
        most = Math.min(most, times(options.cores().max() - cores, NodeTraits.cores(node)));
        most = Math.min(most, times(maxMemory() - memory, NodeTraits.memory(node)));
        return (int) Math.max(0, most);
    }

    /// Which resources keep even one node like `node` from being added; nodes are not among them.
    List<String> exceededBy(Node node) {
        var exceeded = new ArrayList<String>();
        if (cores + NodeTraits.cores(node) > options.cores().max()) {
            exceeded.add("cpu");
        }
        if (memory + NodeTraits.memory(node) > maxMemory()) {
            exceeded.add("memory");
        }
        return exceeded;
    }

    boolean isFull() {
        return options.maxNodesTotal() > 0 && nodes >= options.maxNodesTotal();
    }

    void add(Node node, int count) {
        nodes += count;
        cores += count * NodeTraits.cores(node);
        memory += count * NodeTraits.memory(node);
    }

    /// Takes `node` away, if what is left is no less than the cluster must have.
    boolean remove(Node node) {
        boolean isEnough = cores - NodeTraits.cores(node) >= options.cores().min()
                && memory - NodeTraits.memory(node) >= options.memoryGib().min() * GIB;
        if (isEnough) {
            add(node, -1);
        }
        return isEnough;
    }

    private long maxMemory() {
        return options.memoryGib().max() > Long.MAX_VALUE / GIB
                ? Long.MAX_VALUE
                : options.memoryGib().max() * GIB;
    }

    private static long times(long room, long each) {
        return each <= 0 ? Long.MAX_VALUE : Math.max(0, room) / each;
    }
}
