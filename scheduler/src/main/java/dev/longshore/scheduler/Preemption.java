package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Finds less important pods whose end would make room for one that fits nowhere, as few and as unimportant ones as
/// may be (kube-scheduler's DefaultPreemption). Decides only; changes nothing.
final class Preemption {

    /// What was found.
    sealed interface Finding {
        /// These.
        record Found(Victims victims) implements Finding {}

        /// Nothing, and why.
        ///
        /// @param isNominationOver the node that was being cleared for the pod is no hope any more
        record Nothing(String message, boolean isNominationOver) implements Finding {}
    }

    /// A node is either worth clearing, or it is said why not.
    private sealed interface Trial {
        record Worth(Victims victims) implements Trial {}

        record Useless(List<String> reasons) implements Trial {}
    }

    private static final String NO_VICTIMS = "No preemption victims found for incoming pod";
    private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
    private static final int ENOUGH_CANDIDATES = 100;
    private static final int ENOUGH_PERCENT = 10;

    private final NodeCheck check;
    private final Nominations nominations;
    private final PreemptionFacts facts;
    private final RandomGenerator randomness;

    Preemption(NodeCheck check, Nominations nominations, PreemptionFacts facts, RandomGenerator randomness) {
        this.check = check;
        this.nominations = nominations;
        this.facts = facts;
        this.randomness = randomness;
    }

    /// @param rejections why each node does not take `pod`
    Finding find(PodView pod, Snapshot cluster, Map<String, Verdict.Rejected> rejections) {
        Optional<String> objection = objection(pod, cluster, rejections);
        if (objection.isPresent()) {
            return new Finding.Nothing("preemption: " + objection.get(), false);
        }
        List<NodeView> hopeful = cluster.nodes().stream()
                .filter(node -> rejections.containsKey(node.name())
                        && rejections.get(node.name()).couldPreempt())
                .toList();
        var reasons = new ArrayList<String>();
        for (int i = hopeful.size(); i < cluster.nodes().size(); i++) {
            reasons.add(NOT_HELPFUL);
        }
        return best(pod, cluster, hopeful, reasons)
                .<Finding>map(Finding.Found::new)
                .orElseGet(() -> new Finding.Nothing(
                        "preemption: " + FitMessage.of(cluster.nodes().size(), reasons), true));
    }

    private Optional<String> objection(PodView pod, Snapshot cluster, Map<String, Verdict.Rejected> rejections) {
        if (!facts.mayPreempt(pod)) {
            return Optional.of("not eligible due to preemptionPolicy=Never.");
        }
        // Room is being made for it already.
        return nominations
                .node(pod.uid())
                .filter(node ->
                        !rejections.containsKey(node) || rejections.get(node).couldPreempt())
                .flatMap(node -> cluster.nodes().stream()
                        .filter(view -> view.name().equals(node))
                        .findFirst())
                .filter(node -> node.pods().stream()
                        .anyMatch(other -> other.priority() < pod.priority() && facts.isMakingRoom(other)))
                .map(node -> "not eligible due to a terminating pod on the nominated node.");
    }

    private Optional<Victims> best(PodView pod, Snapshot cluster, List<NodeView> hopeful, List<String> reasons) {
        if (hopeful.isEmpty()) {
            return Optional.empty();
        }
        int enough = Math.max(ENOUGH_CANDIDATES, hopeful.size() * ENOUGH_PERCENT / 100);
        int offset = randomness.nextInt(hopeful.size());
        var candidates = new ArrayList<Victims>();
        boolean isAnyWithoutViolation = false;
        for (int i = 0; i < hopeful.size() && !(isAnyWithoutViolation && candidates.size() >= enough); i++) {
            switch (tried(pod, hopeful.get((offset + i) % hopeful.size()), cluster)) {
                case Trial.Worth(Victims victims) -> {
                    candidates.add(victims);
                    isAnyWithoutViolation |= victims.violations() == 0;
                }
                case Trial.Useless(List<String> why) -> reasons.addAll(why);
            }
        }
        return candidates.stream().min(Victims.BEST_FIRST);
    }

    /// Without all less important pods first; then as many of them come back as may, the most important first and
    /// before all others those whose budgets would be violated.
    private Trial tried(PodView pod, NodeView node, Snapshot cluster) {
        List<PodView> possible = node.pods().stream()
                .filter(other -> other.priority() < pod.priority())
                .sorted(byImportance())
                .toList();
        if (possible.isEmpty()) {
            return new Trial.Useless(List.of(NO_VICTIMS));
        }
        NodeView left = node.with(
                node.pods().stream().filter(other -> !possible.contains(other)).toList());
        if (verdict(pod, left, cluster) instanceof Verdict.Rejected rejected) {
            return new Trial.Useless(rejected.reasons());
        }
        var budgets = new Budgets(facts.budgets());
        var violating = new ArrayList<PodView>();
        var others = new ArrayList<PodView>();
        possible.forEach(other -> (budgets.take(other) ? others : violating).add(other));
        var victims = new ArrayList<PodView>();
        left = reprieved(pod, left, cluster, violating, victims);
        int violations = victims.size();
        reprieved(pod, left, cluster, others, victims);
        if (victims.isEmpty()) {
            // Only while those are let pass for whom the node is being cleared; nothing is to be done.
            return new Trial.Useless(List.of(NO_VICTIMS));
        }
        victims.sort(byImportance());
        return new Trial.Worth(new Victims(node.name(), victims, violations, since(victims)));
    }

    /// Gives the node back whom it can keep of `pods`; the others become victims.
    private NodeView reprieved(
            PodView pod, NodeView node, Snapshot cluster, List<PodView> pods, List<PodView> victims) {
        NodeView left = node;
        for (PodView other : pods) {
            NodeView more = left.plus(other);
            if (verdict(pod, more, cluster) instanceof Verdict.Fits) {
                left = more;
            } else {
                victims.add(other);
            }
        }
        return left;
    }

    private Verdict verdict(PodView pod, NodeView node, Snapshot cluster) {
        return check.verdict(pod, node, cluster.with(node), EnumSet.noneOf(ClusterEvent.class));
    }

    private Instant since(List<PodView> victims) {
        int highest = victims.getFirst().priority();
        return victims.stream()
                .filter(victim -> victim.priority() == highest)
                .map(facts::startedAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// Higher priority first, then who has run for longer.
    private Comparator<PodView> byImportance() {
        return Comparator.comparingInt((PodView pod) -> -pod.priority()).thenComparing(facts::startedAt);
    }
}
