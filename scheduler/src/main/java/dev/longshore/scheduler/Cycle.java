package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Decides where one pod goes: filter, score, choose. Pure but for the choice among equals.
final class Cycle {

    /// The decision.
    sealed interface Decision {
        /// To this node.
        record Bind(String node) implements Decision {}

        /// Nowhere, and why.
        record Unschedulable(String message) implements Decision {}
    }

    private final Profiles profiles;
    private final RandomGenerator randomness;

    Cycle(Profiles profiles, RandomGenerator randomness) {
        this.profiles = profiles;
        this.randomness = randomness;
    }

    Decision decide(PodView pod, Snapshot cluster) {
        if (cluster.nodes().isEmpty()) {
            return new Decision.Unschedulable("no nodes available to schedule pods");
        }
        Optional<String> refusal = profiles.preFilters().stream()
                .flatMap(rule -> rule.refusal(pod, cluster).stream())
                .findFirst();
        if (refusal.isPresent()) {
            return new Decision.Unschedulable(refusal(cluster.nodes().size(), refusal.get()));
        }
        var feasible = new ArrayList<NodeView>();
        var rejections = new ArrayList<Verdict.Rejected>();
        for (NodeView node : cluster.nodes()) {
            switch (verdict(pod, node, cluster)) {
                case Verdict.Fits() -> feasible.add(node);
                case Verdict.Rejected rejected -> rejections.add(rejected);
            }
        }
        return feasible.isEmpty()
                ? new Decision.Unschedulable(message(cluster.nodes().size(), rejections))
                : new Decision.Bind(best(pod, feasible, cluster).name());
    }

    private Verdict verdict(PodView pod, NodeView node, Snapshot cluster) {
        for (Filter filter : profiles.filters()) {
            Verdict verdict = filter.filter(pod, node, cluster);
            if (verdict instanceof Verdict.Rejected) {
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
