package dev.longshore.kubelet.topology;

import dev.longshore.linux.ProcessorSet;
import java.util.Optional;

/// Chooses processors for a container (pkg/kubelet/cm/cpumanager/cpu_assignment.go of Kubernetes 1.36): packed into as
/// few nodes, sockets, caches and cores as possible, or spread evenly over nodes. Immutable.
///
/// On a machine of two sockets with two cores of two threads each (0 and 4 are one core), three processors are core
/// 0,4 and then 1: a whole core first, then a thread of the next.
public final class ProcessorChoice {

    private final MachineTopology machine;
    private final ProcessorOptions options;

    /// On `machine`, as `options` say.
    public ProcessorChoice(MachineTopology machine, ProcessorOptions options) {
        this.machine = machine;
        this.options = options;
    }

    /// The machine.
    public MachineTopology machine() {
        return machine;
    }

    /// `count` of `free`; empty if there are not so many.
    public Optional<ProcessorSet> take(ProcessorSet free, int count) {
        if (count > free.size()) {
            return Optional.empty();
        }
        if (count <= 0) {
            return Optional.of(ProcessorSet.NONE);
        }
        if (options.acrossNodes()) {
            int group = options.wholeCores() ? machine.perCore() : 1;
            if (count % group == 0) {
                return new EvenSpread(machine, options.acrossCores(), free, count, group)
                        .take()
                        .or(() -> packed(free, count, false));
            }
            return packed(free, count, false);
        }
        return packed(free, count, options.byCache());
    }

    private Optional<ProcessorSet> packed(ProcessorSet free, int count, boolean byCache) {
        return Optional.of(new Packing(machine, options.acrossCores(), free, count).take(byCache));
    }

    /// The same, first from `nodes` (with [ProcessorOptions#bySocket], from their sockets).
    public Optional<ProcessorSet> take(ProcessorSet free, int count, Optional<NumaNodes> nodes) {
        if (nodes.isEmpty()) {
            return take(free, count);
        }
        ProcessorSet near = options.bySocket() ? machine.inSocketsOf(nodes.get(), free) : machine.on(nodes.get(), free);
        return take(near, Math.min(count, near.size()))
                .flatMap(
                        first -> take(free.without(first), count - first.size()).map(first::and));
    }
}
