package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Keeps pods together or apart, as their affinity and anti-affinity say, within a topology (a node, a zone …):
/// required terms forbid nodes, preferred ones give points, those of the pods that are there already as well.
///
/// Of a namespace only its name is known here (the label `kubernetes.io/metadata.name`), which is what
/// namespace selectors ask about in practice.
public final class InterPodAffinity implements Filter, Score {

    /// What it counts when a pod that is there requires the company of the new one.
    private static final int REQUIRED_BY_OTHER = 1;

    @Override
    public String name() {
        return "InterPodAffinity";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        for (PodAffinityTerm term : affinity(pod)) {
            boolean isFirstOfItsKind =
                    cluster.pods().noneMatch(other -> selects(term, pod, other)) && selects(term, pod, pod);
            if (!isFirstOfItsKind && neighbours(term, node, cluster).noneMatch(other -> selects(term, pod, other))) {
                return Verdict.rejected("node(s) didn't match pod affinity rules");
            }
        }
        for (PodAffinityTerm term : antiAffinity(pod)) {
            if (neighbours(term, node, cluster).anyMatch(other -> selects(term, pod, other))) {
                return Verdict.crowded("node(s) didn't match pod anti-affinity rules");
            }
        }
        boolean isUnwelcome = cluster.nodes().stream()
                .anyMatch(there -> there.pods().stream()
                        .anyMatch(other -> antiAffinity(other).stream()
                                .anyMatch(term -> selects(term, other, pod) && areTogether(term, there, node))));
        return isUnwelcome ? Verdict.crowded("node(s) didn't satisfy existing pods anti-affinity rules") : Verdict.FITS;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        var attraction = new HashMap<Place, Long>();
        for (NodeView there : cluster.nodes()) {
            for (PodView other : there.pods()) {
                attract(attraction, there, pod, other);
            }
        }
        long[] sums = nodes.stream()
                .mapToLong(node -> attraction.entrySet().stream()
                        .filter(entry -> entry.getKey().holds(node))
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                .toArray();
        return Scores.fromLeastToMost(sums);
    }

    private static void attract(Map<Place, Long> attraction, NodeView there, PodView pod, PodView other) {
        for (WeightedPodAffinityTerm wish : preferred(pod)) {
            add(attraction, there, wish.getPodAffinityTerm(), pod, other, wish.getWeight());
        }
        for (WeightedPodAffinityTerm wish : preferredApart(pod)) {
            add(attraction, there, wish.getPodAffinityTerm(), pod, other, -wish.getWeight());
        }
        for (PodAffinityTerm term : affinity(other)) {
            add(attraction, there, term, other, pod, REQUIRED_BY_OTHER);
        }
        for (WeightedPodAffinityTerm wish : preferred(other)) {
            add(attraction, there, wish.getPodAffinityTerm(), other, pod, wish.getWeight());
        }
        for (WeightedPodAffinityTerm wish : preferredApart(other)) {
            add(attraction, there, wish.getPodAffinityTerm(), other, pod, -wish.getWeight());
        }
    }

    private static void add(
            Map<Place, Long> attraction,
            NodeView there,
            PodAffinityTerm term,
            PodView owner,
            PodView other,
            long weight) {
        String value = there.labels().get(term.getTopologyKey());
        if (value != null && selects(term, owner, other)) {
            attraction.merge(new Place(term.getTopologyKey(), value), weight, Long::sum);
        }
    }

    private static Stream<PodView> neighbours(PodAffinityTerm term, NodeView node, Snapshot cluster) {
        return cluster.nodes().stream()
                .filter(other -> areTogether(term, other, node))
                .flatMap(other -> other.pods().stream());
    }

    private static boolean areTogether(PodAffinityTerm term, NodeView one, NodeView other) {
        String place = one.labels().get(term.getTopologyKey());
        return place != null && place.equals(other.labels().get(term.getTopologyKey()));
    }

    private static boolean selects(PodAffinityTerm term, PodView owner, PodView other) {
        return coversNamespace(term, owner, other.namespace())
                && Labels.match(term.getLabelSelector(), other.labels())
                && isSameIn(term.getMatchLabelKeys(), owner, other)
                && term.getMismatchLabelKeys().stream().allMatch(key -> differ(key, owner, other));
    }

    private static boolean coversNamespace(PodAffinityTerm term, PodView owner, String namespace) {
        if (term.getNamespaces().isEmpty() && term.getNamespaceSelector() == null) {
            return owner.namespace().equals(namespace);
        }
        return term.getNamespaces().contains(namespace)
                || Labels.match(term.getNamespaceSelector(), Map.of("kubernetes.io/metadata.name", namespace));
    }

    private static boolean isSameIn(List<String> keys, PodView owner, PodView other) {
        return keys.stream()
                .filter(owner.labels()::containsKey)
                .allMatch(key -> owner.labels().get(key).equals(other.labels().get(key)));
    }

    private static boolean differ(String key, PodView owner, PodView other) {
        String own = owner.labels().get(key);
        return own == null || !own.equals(other.labels().get(key));
    }

    private static List<PodAffinityTerm> affinity(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAffinity)
                .map(rules -> rules.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static List<PodAffinityTerm> antiAffinity(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(rules -> rules.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static List<WeightedPodAffinityTerm> preferred(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAffinity)
                .map(rules -> rules.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static List<WeightedPodAffinityTerm> preferredApart(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(rules -> rules.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private record Place(String topologyKey, String value) {
        boolean holds(NodeView node) {
            return value.equals(node.labels().get(topologyKey));
        }
    }
}
