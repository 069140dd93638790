package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PostFilter;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.plugins.DynamicResources;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

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
        /// @param victims who could make room
        /// @param isNominationOver the node that was being cleared for the pod is no hope any more
        record Unschedulable(
                String message, Set<ClusterEvent> helpedBy, Optional<Victims> victims, boolean isNominationOver)
                implements Decision {

            /// Nobody can make room.
            Unschedulable(String message, Set<ClusterEvent> helpedBy) {
                this(message, helpedBy, Optional.empty(), true);
            }
        }
    }

    /// Clusters up to this size are always looked at whole.
    private static final int ALWAYS_WHOLE = 100;

    private static final int LARGEST_PERCENTAGE = 50;
    private static final int NODES_PER_PERCENT_LESS = 125;
    private static final int SMALLEST_PERCENTAGE = 5;

    private final Profiles profiles;
    private final NodeCheck check;
    private final PostFilter relief;
    private final Nominations nominations;
    private final Preemption preemption;
    private final RandomGenerator randomness;
    private int next;

    /// By the rules of `profiles`.
    ///
    /// @param relief for pods that fit nowhere
    Cycle(
            Profiles profiles,
            PostFilter relief,
            Nominations nominations,
            PreemptionFacts facts,
            RandomGenerator randomness) {
        this.profiles = profiles;
        this.relief = relief;
        this.check = new NodeCheck(profiles.filters(), nominations);
        this.nominations = nominations;
        this.preemption = new Preemption(check, nominations, facts, randomness);
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
                return new Decision.Unschedulable(refusal(pod, cluster, rule, refusal.get()), rule.helpedBy());
            }
        }
        Set<ClusterEvent> helpedBy = EnumSet.noneOf(ClusterEvent.class);
        Optional<NodeView> cleared = cleared(pod, cluster, helpedBy);
        if (cleared.isPresent()) {
            return new Decision.Bind(cleared.get().name());
        }
        var feasible = new ArrayList<NodeView>();
        var rejections = new LinkedHashMap<String, Verdict.Rejected>();
        int enough = enough(nodes);
        int looked = 0;
        for (; looked < nodes && feasible.size() < enough; looked++) {
            NodeView node = cluster.nodes().get((next + looked) % nodes);
            switch (check.verdict(pod, node, cluster, helpedBy)) {
                case Verdict.Fits() -> feasible.add(node);
                case Verdict.Rejected rejected -> rejections.put(node.name(), rejected);
            }
        }
        next = (next + looked) % nodes;
        return feasible.isEmpty()
                ? unschedulable(pod, cluster, rejections, helpedBy)
                : new Decision.Bind(best(pod, feasible, cluster).name());
    }

    /// The node that was cleared for the pod, if it takes it now.
    private Optional<NodeView> cleared(PodView pod, Snapshot cluster, Set<ClusterEvent> helpedBy) {
        return nominations
                .node(pod.uid())
                .flatMap(name -> cluster.nodes().stream()
                        .filter(node -> node.name().equals(name))
                        .findFirst())
                .filter(node -> check.verdict(pod, node, cluster, helpedBy) instanceof Verdict.Fits);
    }

    private Decision unschedulable(
            PodView pod, Snapshot cluster, Map<String, Verdict.Rejected> rejections, Set<ClusterEvent> helpedBy) {
        String message = FitMessage.of(
                cluster.nodes().size(),
                rejections.values().stream()
                        .flatMap(rejected -> rejected.reasons().stream())
                        .toList());
        String helped = relief.help(pod, cluster.nodes());
        return switch (preemption.find(pod, cluster, rejections)) {
            case Preemption.Finding.Found(Victims victims) -> {
                helpedBy.add(ClusterEvent.POD_GONE);
                yield new Decision.Unschedulable(message, helpedBy, Optional.of(victims), false);
            }
            case Preemption.Finding.Nothing(String why, boolean isNominationOver) ->
                new Decision.Unschedulable(
                        message + " " + helped + ", " + why, helpedBy, Optional.empty(), isNominationOver);
        };
    }

    /// How many nodes that fit are enough to choose from.
    static int enough(int nodes) {
        int percentage = Math.max(SMALLEST_PERCENTAGE, LARGEST_PERCENTAGE - nodes / NODES_PER_PERCENT_LESS);
        return nodes < ALWAYS_WHOLE ? nodes : Math.max(ALWAYS_WHOLE, nodes * percentage / 100);
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

    /// The helper in the original keeps its state where the rule for devices has put it. A rule that comes before that
    /// one and refuses leaves none, and all that the helper says then is that.
    private String refusal(PodView pod, Snapshot cluster, PreFilter rule, String why) {
        int nodes = cluster.nodes().size();
        String refusal = "0/%d nodes are available: %s.".formatted(nodes, why);
        return rule instanceof DynamicResources
                ? refusal
                        + " %s, preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling."
                                .formatted(PostFilter.NONE.help(pod, cluster.nodes()), nodes, nodes)
                : refusal + " not found";
    }
}
