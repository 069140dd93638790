package dev.longshore.kubelet.topology;

import dev.longshore.linux.ProcessorSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes the same number of processors from each of as few nodes as can give them, so that what is left on all nodes
/// is as even as possible; what does not come out even goes to those of the chosen nodes that leave it most even. In
/// groups of whole cores, where cores must not be shared. For one choice.
final class EvenSpread {

    private final MachineTopology machine;
    private final boolean spreadsOverCores;
    private final ProcessorSet free;
    private final int wanted;
    private final int group;
    private final List<Integer> nodes;
    private final Map<Integer, Integer> left = new HashMap<>();

    EvenSpread(MachineTopology machine, boolean spreadsOverCores, ProcessorSet free, int wanted, int group) {
        this.machine = machine;
        this.spreadsOverCores = spreadsOverCores;
        this.free = free;
        this.wanted = wanted;
        this.group = group;
        this.nodes = new Packing(machine, spreadsOverCores, free, wanted).nodes();
        nodes.forEach(node -> left.put(node, on(node, free).size()));
    }

    /// Nodes from which the same is taken, and those of them from which a group more is taken in turn.
    private record Plan(List<Integer> nodes, List<Integer> more, double unevenness) {}

    /// Which processors; empty if no nodes can give them so.
    Optional<ProcessorSet> take() {
        int groupsOfMachine = (machine.all().size() - 1) / group + 1;
        int groupsPerNode = (groupsOfMachine - 1) / machine.nodes().count() + 1;
        int groups = (wanted - 1) / group + 1;
        int least = (groups - 1) / groupsPerNode + 1;
        int most = Math.min(groups, nodes.size());
        for (int count = least; count <= most; count++) {
            Optional<Plan> best = Optional.empty();
            for (List<Integer> chosen : choices(nodes, count)) {
                Optional<Plan> plan = plan(chosen);
                if (plan.isPresent() && (best.isEmpty() || plan.get().unevenness < best.get().unevenness)) {
                    best = plan;
                }
            }
            if (best.isPresent()) {
                return Optional.of(carryOut(best.get()));
            }
        }
        return Optional.empty();
    }

    private int fromEach(List<Integer> chosen) {
        return wanted / chosen.size() / group * group;
    }

    private Optional<Plan> plan(List<Integer> chosen) {
        int fromEach = fromEach(chosen);
        int groups = chosen.stream().mapToInt(node -> left.get(node) / group).sum();
        if (groups * group < wanted || chosen.stream().anyMatch(node -> left.get(node) < fromEach)) {
            return Optional.empty();
        }
        var after = new HashMap<>(left);
        chosen.forEach(node -> after.merge(node, -fromEach, Integer::sum));
        int rest = wanted - fromEach * chosen.size();
        if (rest == 0) {
            return Optional.of(new Plan(chosen, List.of(), unevenness(after)));
        }
        List<Integer> able =
                chosen.stream().filter(node -> after.get(node) >= group).toList();
        Optional<Plan> best = Optional.empty();
        for (int count = able.size(); count >= 1; count--) {
            for (List<Integer> more : choices(able, count)) {
                Optional<Double> unevenness = withRest(after, more, rest);
                if (unevenness.isPresent() && (best.isEmpty() || unevenness.get() < best.get().unevenness)) {
                    best = Optional.of(new Plan(chosen, more, unevenness.get()));
                }
            }
        }
        return best;
    }

    private Optional<Double> withRest(Map<Integer, Integer> before, List<Integer> more, int rest) {
        var after = new HashMap<>(before);
        int open = rest;
        while (open > 0) {
            int opened = open;
            for (int node : more) {
                if (open > 0 && after.get(node) >= group) {
                    after.merge(node, -group, Integer::sum);
                    open -= group;
                }
            }
            if (open == opened) {
                return Optional.empty();
            }
        }
        return Optional.of(unevenness(after));
    }

    /// The standard deviation, as exact as it needs to be.
    private static double unevenness(Map<Integer, Integer> after) {
        double mean = rounded(
                after.values().stream().mapToInt(Integer::intValue).average().orElse(0));
        double squares = after.values().stream()
                .mapToDouble(count -> (count - mean) * (count - mean))
                .sum();
        return rounded(Math.sqrt(squares / after.size()));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private ProcessorSet carryOut(Plan plan) {
        ProcessorSet taken = ProcessorSet.NONE;
        int fromEach = fromEach(plan.nodes);
        for (int node : plan.nodes) {
            taken = taken.and(packed(on(node, free), fromEach));
        }
        while (taken.size() < wanted) {
            for (int node : plan.more) {
                ProcessorSet rest = on(node, free).without(taken);
                if (taken.size() < wanted && rest.size() >= group) {
                    taken = taken.and(packed(rest, group));
                }
            }
        }
        return taken;
    }

    private ProcessorSet packed(ProcessorSet from, int count) {
        return new Packing(machine, spreadsOverCores, from, count).take(false);
    }

    private ProcessorSet on(int node, ProcessorSet among) {
        return machine.in(among, Processor::node, Set.of(node));
    }

    private static List<List<Integer>> choices(List<Integer> from, int count) {
        var all = new ArrayList<List<Integer>>();
        choose(from, count, 0, new ArrayList<>(), all);
        return all;
    }

    private static void choose(
            List<Integer> from, int count, int start, List<Integer> chosen, List<List<Integer>> all) {
        if (chosen.size() == count) {
            all.add(List.copyOf(chosen));
            return;
        }
        for (int i = start; i < from.size(); i++) {
            chosen.add(from.get(i));
            choose(from, count, i + 1, chosen, all);
            chosen.removeLast();
        }
    }
}
