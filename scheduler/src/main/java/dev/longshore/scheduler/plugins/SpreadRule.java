package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// One rule of how evenly pods are spread over the values of a node label (its domains).
///
/// @param siblings the controller whose pods are spread, where that is the rule: nodes know their number
/// @param counted which pods are spread
/// @param minDomains with fewer domains than this, the emptiest one counts as empty
/// @param heedsAffinity whether nodes count that the pod's node affinity excludes
/// @param heedsTaints whether nodes count whose taints the pod does not tolerate
record SpreadRule(
        String topologyKey,
        int maxSkew,
        int minDomains,
        boolean isRequired,
        boolean heedsAffinity,
        boolean heedsTaints,
        Optional<String> siblings,
        Predicate<PodView> counted) {

    /// What the pod asks for itself.
    static List<SpreadRule> of(PodView pod) {
        return pod.spread().stream().map(constraint -> of(constraint, pod)).toList();
    }

    /// What Kubernetes wishes for pods that ask for nothing: their controller's pods apart, first over nodes,
    /// then over zones. Pods without a controller are alone and spread by nature.
    static List<SpreadRule> standard(PodView pod) {
        if (pod.controller().isEmpty()) {
            return List.of();
        }
        Predicate<PodView> siblings = other -> other.controller().equals(pod.controller());
        Optional<String> controller = pod.controller();
        return List.of(
                new SpreadRule("kubernetes.io/hostname", 3, 1, false, true, false, controller, siblings),
                new SpreadRule("topology.kubernetes.io/zone", 5, 1, false, true, false, controller, siblings));
    }

    /// True if the pods of `node` are among those that are compared.
    boolean includes(NodeView node, PodView pod) {
        return (!heedsAffinity || NodeAffinity.admits(pod, node))
                && (!heedsTaints || TaintToleration.unbearable(pod, node).isEmpty());
    }

    /// How many pods on `node` count.
    long count(NodeView node) {
        return siblings.map(node::siblings)
                .orElseGet(() -> node.pods().stream()
                        .filter(other -> !other.isEnding())
                        .filter(counted)
                        .count());
    }

    private static SpreadRule of(TopologySpreadConstraint constraint, PodView pod) {
        List<String> sameLabels = constraint.getMatchLabelKeys();
        return new SpreadRule(
                constraint.getTopologyKey(),
                constraint.getMaxSkew(),
                constraint.getMinDomains() == null ? 1 : constraint.getMinDomains(),
                !"ScheduleAnyway".equals(constraint.getWhenUnsatisfiable()),
                !"Ignore".equals(constraint.getNodeAffinityPolicy()),
                "Honor".equals(constraint.getNodeTaintsPolicy()),
                Optional.empty(),
                other -> other.namespace().equals(pod.namespace())
                        && Labels.match(constraint.getLabelSelector(), other.labels())
                        && sameLabels.stream()
                                .filter(pod.labels()::containsKey)
                                .allMatch(key -> pod.labels()
                                        .get(key)
                                        .equals(other.labels().get(key))));
    }
}
