package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Decides where one pod goes: filter, score, choose. Of a large cluster it looks only at a part, as
/// kube-scheduler does: until enough nodes fit, each time from where it stopped before. Confined to one thread.
final class Cycle {

    /// The decision.
    sealed interface Decision {
        /// To this node.
        record Bind(String node) implements Decision {}

        /// Nowhere, and why.
        ///
        /// @param helpedBy events after which the answer may be another
        record Unschedulable(String message, Set<ClusterEvent> helpedBy) implements Decision {}
    }

    /// Clusters up to this size are always looked at whole.
    private static final int ALWAYS_WHOLE = 100;

    private static final int LARGEST_PERCENTAGE = 50;
    private static final int NODES_PER_PERCENT_LESS = 125;
    private static final int SMALLEST_PERCENTAGE = 5;

    private final Profiles profiles;
    private final RandomGenerator randomness;
    private int next;

    Cycle(Profiles profiles, RandomGenerator randomness) {
        this.profiles = profiles;
        this.randomness = randomness;
    }

    Decision decide(PodView pod, Snapshot cluster) {
        int nodes = cluster.nodes().size();
        if (nodes == 0) {
            return new Decision.Unschedulable(
                    "no nodes available to schedule pods", EnumSet.of(ClusterEvent.NODE_ADDED));
        }
        for (PreFilter rule : profiles.preFilters()) {
            Optional<String> refusal = rule.refusal(pod, cluster);
            if (refusal.isPresent()) {
                return new Decision.Unschedulable(refusal(nodes, refusal.get()), rule.helpedBy());
            }
        }
        int enough = enough(nodes);
        var feasible = new ArrayList<NodeView>();
        var rejections = new ArrayList<Verdict.Rejected>();
        Set<ClusterEvent> helpedBy = EnumSet.noneOf(ClusterEvent.class);
        int looked = 0;
        for (; looked < nodes && feasible.size() < enough; looked++) {
            NodeView node = cluster.nodes().get((next + looked) % nodes);
            switch (verdict(pod, node, cluster, helpedBy)) {
                case Verdict.Fits() -> feasible.add(node);
                case Verdict.Rejected rejected -> rejections.add(rejected);
            }
        }
        next = (next + looked) % nodes;
        return feasible.isEmpty()
                ? new Decision.Unschedulable(message(nodes, rejections), helpedBy)
                : new Decision.Bind(best(pod, feasible, cluster).name());
    }

    /// How many nodes that fit are enough to choose from.
    static int enough(int nodes) {
        int percentage = Math.max(SMALLEST_PERCENTAGE, LARGEST_PERCENTAGE - nodes / NODES_PER_PERCENT_LESS);
        return nodes < ALWAYS_WHOLE ? nodes : Math.max(ALWAYS_WHOLE, nodes * percentage / 100);
    }

    private Verdict verdict(PodView pod, NodeView node, Snapshot cluster, Set<ClusterEvent> helpedBy) {
        for (Filter filter : profiles.filters()) {
            Verdict verdict = filter.filter(pod, node, cluster);
            if (verdict instanceof Verdict.Rejected) {
                helpedBy.addAll(filter.helpedBy());
                return verdict;
            }
        }
        return Verdict.FITS;
    }

    private NodeView best(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        if (nodes.size() == 1) {
            return nodes.getFirst();
        }
        long[] total = new long[nodes.size()];
        for (Score score : profiles.scores()) {
            long[] points = score.score(pod, nodes, cluster);
            for (int i = 0; i < total.length; i++) {
                total[i] += points[i] * score.weight();
            }
        }
        int best = 0;
        int equals = 1;
        for (int i = 1; i < total.length; i++) {
            if (total[i] > total[best]) {
                best = i;
                equals = 1;
            } else if (total[i] == total[best] && randomness.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return nodes.get(best);
    }

    private static String message(int nodes, List<Verdict.Rejected> rejections) {
        long helpless =
                rejections.stream().filter(rejected -> !rejected.couldPreempt()).count();
        var preemption = new ArrayList<String>();
        if (rejections.size() > helpless) {
            preemption.add("%d No preemption victims found for incoming pod".formatted(rejections.size() - helpless));
        }
        if (helpless > 0) {
            preemption.add("%d Preemption is not helpful for scheduling".formatted(helpless));
        }
        return "0/%d nodes are available: %s. preemption: 0/%d nodes are available: %s."
                .formatted(nodes, counted(rejections), nodes, String.join(", ", preemption));
    }

    private static String refusal(int nodes, String why) {
        return "0/%d nodes are available: %s. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling."
                .formatted(nodes, why, nodes, nodes);
    }

    private static String counted(List<Verdict.Rejected> rejections) {
        Map<String, Long> counts = rejections.stream()
                .flatMap(rejected -> rejected.reasons().stream())
                .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
