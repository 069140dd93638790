package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Decides which groups grow, and by how much, for pods that have no place. Pure but for the choice among equals.
final class ScaleUpPlanner {

    static final String AT_MAXIMUM = "max node group size reached";
    static final String NOT_READY = "not ready for scale-up";
    static final String BACKED_OFF = "in backoff after failed scale-up";
    private static final String FILTERED_OUT = "expansion options were filtered out by the expander";

    /// A group that may grow, or why it may not.
    ///
    /// @param obstacle something about the group itself
    record Candidate(GroupView group, Optional<NodeTemplate> template, Optional<String> obstacle) {}

    private final ScaleUpOptions options;
    private final Expanders expanders;
    private final SimilarGroups similarity;

    /// @param groupLabels by which nodes tell their group
    ScaleUpPlanner(ScaleUpOptions options, Expanders expanders, Set<String> groupLabels) {
        this.options = options;
        this.expanders = expanders;
        this.similarity = new SimilarGroups(options.similarity(), groupLabels);
    }

    /// What helps `pods`.
    ///
    /// @param cluster with the nodes that are on their way; it has no place for any of `pods`
    /// @param limits what is planned counts there from now on
    ScaleUpPlan plan(List<Candidate> candidates, List<Pod> pods, Simulation cluster, ClusterLimits limits) {
        var attempt = new Attempt(PodGroup.of(pods), cluster, limits);
        candidates.forEach(attempt::consider);
        List<Expansion> expansions = attempt.expansions();
        if (expansions.isEmpty()) {
            return attempt.helpless();
        }
        Optional<Expansion> chosen = expanders.choose(expansions);
        if (chosen.isEmpty()) {
            attempt.filteredOut();
            return attempt.helpless();
        }
        List<Resize> resizes = attempt.resizes(chosen.get());
        return resizes.isEmpty()
                ? attempt.helpless()
                : new ScaleUpPlan.Grow(resizes, chosen.get().pods());
    }

    /// One look at the groups.
    private final class Attempt {

        private final List<PodGroup> pods;
        private final Simulation cluster;
        private final ClusterLimits limits;
        private final Map<String, String> skipped = new TreeMap<>();
        private final Map<Integer, Map<String, List<String>>> rejections = new HashMap<>();

        /// By group, which of [#pods] fit it.
        private final Map<Candidate, List<Integer>> fitting = new LinkedHashMap<>();

        Attempt(List<PodGroup> pods, Simulation cluster, ClusterLimits limits) {
            this.pods = pods;
            this.cluster = cluster;
            this.limits = limits;
        }

        void consider(Candidate candidate) {
            Optional<String> obstacle = obstacle(candidate);
            if (obstacle.isPresent()) {
                skipped.put(candidate.group.id(), obstacle.get());
                return;
            }
            NodeView node = candidate.template.orElseThrow().named("template-of-" + candidate.group.id());
            Simulation imagined = cluster.copy();
            imagined.add(node);
            var fits = new ArrayList<Integer>();
            for (int i = 0; i < pods.size(); i++) {
                switch (imagined.verdict(pods.get(i).sample(), node.name())) {
                    case Verdict.Fits() -> fits.add(i);
                    case Verdict.Rejected(List<String> reasons, boolean isCrowded) -> reject(i, candidate, reasons);
                }
            }
            fitting.put(candidate, fits);
        }

        private Optional<String> obstacle(Candidate candidate) {
            if (candidate.obstacle.isPresent()) {
                return candidate.obstacle;
            }
            if (candidate.group.targetSize() >= candidate.group.maxSize()) {
                return Optional.of(AT_MAXIMUM);
            }
            if (candidate.template.isEmpty()) {
                return Optional.of(NOT_READY);
            }
            List<String> exceeded = limits.exceededBy(candidate.template.get().node());
            return exceeded.isEmpty()
                    ? Optional.empty()
                    : Optional.of("max cluster " + String.join(", ", exceeded) + " limit reached");
        }

        private void reject(int pod, Candidate candidate, List<String> reasons) {
            rejections.computeIfAbsent(pod, absent -> new TreeMap<>()).put(candidate.group.id(), reasons);
        }

        List<Expansion> expansions() {
            var expansions = new ArrayList<Expansion>();
            fitting.forEach((candidate, fits) -> {
                if (!fits.isEmpty()) {
                    NodeTemplate template = candidate.template.orElseThrow();
                    var estimate = Estimator.estimate(
                            fits.stream().map(pods::get).toList(),
                            template,
                            candidate.group.id(),
                            cluster,
                            most(candidate));
                    if (estimate.nodes() > 0) {
                        expansions.add(new Expansion(candidate.group, template, estimate.nodes(), estimate.pods()));
                    }
                }
            });
            return expansions;
        }

        /// What the group and those that share its load have room for.
        private int most(Candidate candidate) {
            long room = similar(candidate).stream()
                    .mapToLong(group -> group.maxSize() - group.targetSize())
                    .sum();
            long most = Math.min(room, options.maxNodesPerScaleUp());
            return limits.allowed(candidate.template.orElseThrow().node(), (int) most);
        }

        /// The group itself, and those like it that can take the same pods.
        private List<GroupView> similar(Candidate candidate) {
            var groups = new ArrayList<GroupView>();
            groups.add(candidate.group);
            if (options.doesBalance()) {
                fitting.forEach((other, fits) -> {
                    if (other != candidate
                            && fits.containsAll(fitting.get(candidate))
                            && similarity.areAlike(candidate.template.orElseThrow(), other.template.orElseThrow())) {
                        groups.add(other.group);
                    }
                });
            }
            return groups;
        }

        List<Resize> resizes(Expansion chosen) {
            Candidate candidate = candidate(chosen.group().id());
            int nodes = limits.allowed(chosen.template().node(), chosen.nodes());
            var resizes = new ArrayList<Resize>();
            for (Resize wanted : Resize.balanced(similar(candidate), nodes)) {
                var node = candidate(wanted.group().id()).template.orElseThrow().node();
                int allowed = limits.allowed(node, wanted.increase());
                if (allowed > 0) {
                    limits.add(node, allowed);
                    resizes.add(new Resize(wanted.group(), wanted.group().targetSize() + allowed));
                }
            }
            return resizes;
        }

        private Candidate candidate(String group) {
            return fitting.keySet().stream()
                    .filter(candidate -> candidate.group.id().equals(group))
                    .findFirst()
                    .orElseThrow();
        }

        void filteredOut() {
            fitting.forEach((candidate, fits) -> fits.forEach(pod -> reject(pod, candidate, List.of(FILTERED_OUT))));
        }

        /// Those that fit somewhere are left out: they only wait for their turn.
        ScaleUpPlan.Helpless helpless() {
            var refusals = new ArrayList<ScaleUpPlan.Refusal>();
            for (int i = 0; i < pods.size(); i++) {
                int index = i;
                boolean isHopeful = fitting.entrySet().stream()
                        .anyMatch(entry -> entry.getValue().contains(index)
                                && !rejections
                                        .getOrDefault(index, Map.of())
                                        .containsKey(entry.getKey().group.id()));
                if (!isHopeful) {
                    var reasons = new TreeMap<>(rejections.getOrDefault(i, Map.of()));
                    skipped.forEach((group, reason) -> reasons.putIfAbsent(group, List.of(reason)));
                    pods.get(i).pods().forEach(pod -> refusals.add(new ScaleUpPlan.Refusal(pod, reasons)));
                }
            }
            return new ScaleUpPlan.Helpless(refusals);
        }
    }
}
