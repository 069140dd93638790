package dev.longshore.kubelet.topology;

import dev.longshore.linux.ProcessorSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// Where each processor is. Immutable.
public final class MachineTopology {

    private final Map<Integer, Processor> processors = new TreeMap<>();

    /// Of these.
    public MachineTopology(Collection<Processor> processors) {
        processors.forEach(one -> this.processors.put(one.number(), one));
    }

    /// A machine of which nothing more is known: each is a core of its own, all in one socket and node.
    public static MachineTopology flat(ProcessorSet all) {
        return new MachineTopology(all.numbers().stream()
                .map(number -> new Processor(number, number, 0, 0, 0))
                .toList());
    }

    /// All processors.
    public ProcessorSet all() {
        return ProcessorSet.of(processors.keySet());
    }

    /// What is known of them.
    public List<Processor> processors() {
        return List.copyOf(processors.values());
    }

    Processor processor(int number) {
        return processors.get(number);
    }

    /// Those of `among` whose `place` is one of `places`.
    ProcessorSet in(ProcessorSet among, ToIntFunction<Processor> place, Set<Integer> places) {
        return ProcessorSet.of(among.numbers().stream()
                .filter(number -> places.contains(place.applyAsInt(processor(number))))
                .toList());
    }

    /// The places where those of `among` are.
    Set<Integer> places(ProcessorSet among, ToIntFunction<Processor> place) {
        return among.numbers().stream()
                .map(number -> place.applyAsInt(processor(number)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Those of `among` on one of `nodes`.
    public ProcessorSet on(NumaNodes nodes, ProcessorSet among) {
        return in(among, Processor::node, Set.copyOf(nodes.numbers()));
    }

    /// The nodes on which there are processors.
    public NumaNodes nodes() {
        return NumaNodes.of(places(all(), Processor::node));
    }

    /// Those of `among` in a socket of one of `nodes`.
    public ProcessorSet inSocketsOf(NumaNodes nodes, ProcessorSet among) {
        return in(among, Processor::socket, sockets(nodes));
    }

    /// The sockets of `nodes`.
    public Set<Integer> sockets(NumaNodes nodes) {
        return places(on(nodes, all()), Processor::socket);
    }

    /// How many sockets there are.
    public int socketCount() {
        return places(all(), Processor::socket).size();
    }

    /// How many logical processors a core has.
    public int perCore() {
        return Math.max(
                1, all().size() / Math.max(1, places(all(), Processor::core).size()));
    }

    /// The cores of `some`, whole.
    public ProcessorSet wholeCores(ProcessorSet some) {
        return in(all(), Processor::core, places(some, Processor::core));
    }
}
