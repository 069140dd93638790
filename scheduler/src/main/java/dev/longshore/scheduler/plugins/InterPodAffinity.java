package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.AffinityTerms.preferred;
import static dev.longshore.scheduler.plugins.AffinityTerms.preferredApart;
import static dev.longshore.scheduler.plugins.AffinityTerms.required;
import static dev.longshore.scheduler.plugins.AffinityTerms.selects;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.plugins.Company.Place;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps pods together or apart, as their affinity and anti-affinity say, within a topology (a node, a zone …):
/// required terms forbid nodes, preferred ones give points, those of the pods that are there already as well.
public final class InterPodAffinity implements Filter, Score {

    /// What it counts when a pod that is there requires the company of the new one.
    private static final int REQUIRED_BY_OTHER = 1;

    /// The company of one pod is the same for all nodes, so the last is kept.
    private volatile Optional<Company> last = Optional.empty();

    @Override
    public String name() {
        return "InterPodAffinity";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(
                ClusterEvent.NODE_ADDED,
                ClusterEvent.NODE_LABELS,
                ClusterEvent.POD_PLACED,
                ClusterEvent.POD_LABELS,
                ClusterEvent.POD_GONE);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        Company company = company(pod, cluster);
        if (!company.isWantedAt(node)) {
            return Verdict.rejected("node(s) didn't match pod affinity rules");
        }
        if (company.isShunnedAt(node)) {
            return Verdict.crowded("node(s) didn't match pod anti-affinity rules");
        }
        return company.isHostileAt(node)
                ? Verdict.crowded("node(s) didn't satisfy existing pods anti-affinity rules")
                : Verdict.FITS;
    }

    private Company company(PodView pod, Snapshot cluster) {
        Optional<Company> known = last.filter(company -> company.pod() == pod && company.cluster() == cluster);
        if (known.isPresent()) {
            return known.get();
        }
        Company company = Company.of(pod, cluster);
        last = Optional.of(company);
        return company;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        var attraction = new HashMap<Place, Long>();
        boolean isIndifferent = preferred(pod).isEmpty() && preferredApart(pod).isEmpty();
        for (NodeView there : cluster.nodes()) {
            // Who has no wishes is attracted only by those who have.
            for (PodView other : isIndifferent ? there.choosyPods() : there.pods()) {
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
        for (PodAffinityTerm term : required(other)) {
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
}
