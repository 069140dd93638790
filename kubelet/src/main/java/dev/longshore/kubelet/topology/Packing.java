package dev.longshore.kubelet.topology;

import dev.longshore.linux.ProcessorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/// Takes whole nodes, sockets, caches and cores while that many are still wanted, then single processors, at each step
/// those first of which the least is left, so that what is whole stays whole. For one choice.
final class Packing {

    private final MachineTopology machine;
    private final boolean spreadsOverCores;
    private final boolean areNodesOutside;
    private ProcessorSet free;
    private ProcessorSet taken = ProcessorSet.NONE;
    private int wanted;

    Packing(MachineTopology machine, boolean spreadsOverCores, ProcessorSet free, int wanted) {
        this.machine = machine;
        this.spreadsOverCores = spreadsOverCores;
        this.areNodesOutside = machine.socketCount() >= machine.nodes().count();
        this.free = free;
        this.wanted = wanted;
    }

    /// Which of the free ones, of which there are enough.
    ProcessorSet take(boolean byCache) {
        takeWhole(areNodesOutside ? nodes() : sockets(), areNodesOutside ? Processor::node : Processor::socket);
        takeWhole(areNodesOutside ? sockets() : nodes(), areNodesOutside ? Processor::socket : Processor::node);
        if (byCache) {
            takeCaches();
        }
        if (!spreadsOverCores) {
            takeWhole(cores(), Processor::core);
        }
        for (int number : single()) {
            if (wanted == 0) {
                break;
            }
            take(ProcessorSet.of(List.of(number)));
        }
        return taken;
    }

    private void take(ProcessorSet some) {
        taken = taken.and(some);
        free = free.without(some);
        wanted -= some.size();
    }

    private void takeWhole(List<Integer> places, ToIntFunction<Processor> place) {
        for (int at : places) {
            ProcessorSet all = machine.in(machine.all(), place, Set.of(at));
            if (all.size() <= wanted && machine.in(free, place, Set.of(at)).equals(all)) {
                take(all);
            }
        }
    }

    private void takeCaches() {
        int perCache = machine.all().size()
                / machine.places(machine.all(), Processor::cache).size();
        for (int cache : caches()) {
            if (wanted >= perCache) {
                takeWhole(caches(), Processor::cache);
            }
            if (wanted > 0) {
                takeOfCache(cache);
            }
            if (wanted == 0) {
                return;
            }
        }
    }

    /// From one cache all that is still wanted, or nothing; of the last core only as many threads as are wanted.
    private void takeOfCache(int cache) {
        int perCore = machine.perCore();
        int coresWanted = (wanted + perCore - 1) / perCore;
        ProcessorSet inCache = machine.in(free, Processor::cache, Set.of(cache));
        List<Integer> cores = machine.places(inCache, Processor::core).stream()
                .limit(coresWanted)
                .toList();
        List<Integer> threads = new ArrayList<>(
                machine.in(free, Processor::core, Set.copyOf(cores)).numbers());
        if (wanted % 2 != 0 && perCore > 1 && threads.size() > wanted) {
            threads.removeLast();
        }
        if (threads.size() == wanted) {
            take(ProcessorSet.of(threads));
        }
    }

    List<Integer> nodes() {
        return areNodesOutside
                ? sorted(machine.places(free, Processor::node), Processor::node)
                : inside(sockets(), Processor::socket, Processor::node);
    }

    private List<Integer> sockets() {
        return areNodesOutside
                ? inside(nodes(), Processor::node, Processor::socket)
                : sorted(machine.places(free, Processor::socket), Processor::socket);
    }

    private List<Integer> caches() {
        return inside(nodes(), Processor::node, Processor::cache);
    }

    private List<Integer> cores() {
        return areNodesOutside
                ? inside(sockets(), Processor::socket, Processor::core)
                : inside(nodes(), Processor::node, Processor::core);
    }

    private List<Integer> single() {
        return spreadsOverCores ? numbers(sockets(), Processor::socket) : numbers(cores(), Processor::core);
    }

    private List<Integer> numbers(List<Integer> places, ToIntFunction<Processor> place) {
        return places.stream()
                .flatMap(at -> machine.in(free, place, Set.of(at)).numbers().stream())
                .distinct()
                .toList();
    }

    private List<Integer> inside(
            List<Integer> outer, ToIntFunction<Processor> outerPlace, ToIntFunction<Processor> place) {
        return outer.stream()
                .flatMap(at -> sorted(machine.places(machine.in(free, outerPlace, Set.of(at)), place), place).stream())
                .distinct()
                .toList();
    }

    /// Those with the least left first.
    private List<Integer> sorted(Set<Integer> places, ToIntFunction<Processor> place) {
        return places.stream()
                .sorted(Comparator.<Integer>comparingInt(
                                at -> machine.in(free, place, Set.of(at)).size())
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
