package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.AffinityTerms.required;
import static dev.longshore.scheduler.plugins.AffinityTerms.requiredApart;
import static dev.longshore.scheduler.plugins.AffinityTerms.selects;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is where, as far as it matters to one pod: counted once over all nodes, asked for each of them. Costs a
/// look at every pod only if the pod has terms of its own, and else one at the pods that repel others.
///
/// @param wanted pods that all of the pod's affinity terms mean, by place
/// @param shunned pods that one of its anti-affinity terms means, by place
/// @param hostile pods that do not want it, by place
record Company(
        PodView pod,
        Snapshot cluster,
        List<PodAffinityTerm> affinity,
        List<PodAffinityTerm> apart,
        Map<Place, Long> wanted,
        Map<Place, Long> shunned,
        Map<Place, Long> hostile) {

    /// A value of a node label.
    record Place(String topologyKey, String value) {
        boolean holds(NodeView node) {
            return value.equals(node.labels().get(topologyKey));
        }
    }

    static Company of(PodView pod, Snapshot cluster) {
        var company = new Company(
                pod, cluster, required(pod), requiredApart(pod), new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (NodeView node : cluster.nodes()) {
            company.countOwn(node);
            company.countHostile(node);
        }
        return company;
    }

    private void countOwn(NodeView node) {
        if (affinity.isEmpty() && apart.isEmpty()) {
            return;
        }
        for (PodView other : node.pods()) {
            if (!affinity.isEmpty() && affinity.stream().allMatch(term -> selects(term, pod, other))) {
                affinity.forEach(term -> add(wanted, term, node));
            }
            for (PodAffinityTerm term : apart) {
                if (selects(term, pod, other)) {
                    add(shunned, term, node);
                }
            }
        }
    }

    private void countHostile(NodeView node) {
        for (PodView other : node.repellingPods()) {
            for (PodAffinityTerm term : requiredApart(other)) {
                if (selects(term, other, pod)) {
                    add(hostile, term, node);
                }
            }
        }
    }

    private static void add(Map<Place, Long> counts, PodAffinityTerm term, NodeView node) {
        String value = node.labels().get(term.getTopologyKey());
        if (value != null) {
            counts.merge(new Place(term.getTopologyKey(), value), 1L, Long::sum);
        }
    }

    /// All terms are met there; or nobody anywhere meets them, and the pod is the first of its kind.
    boolean isWantedAt(NodeView node) {
        boolean isEverywhereMet = true;
        for (PodAffinityTerm term : affinity) {
            String value = node.labels().get(term.getTopologyKey());
            if (value == null) {
                return false;
            }
            isEverywhereMet &= wanted.containsKey(new Place(term.getTopologyKey(), value));
        }
        return isEverywhereMet || wanted.isEmpty() && affinity.stream().allMatch(term -> selects(term, pod, pod));
    }

    boolean isShunnedAt(NodeView node) {
        return !shunned.isEmpty()
                && apart.stream().anyMatch(term -> {
                    String value = node.labels().get(term.getTopologyKey());
                    return value != null && shunned.containsKey(new Place(term.getTopologyKey(), value));
                });
    }

    boolean isHostileAt(NodeView node) {
        return hostile.keySet().stream().anyMatch(place -> place.holds(node));
    }
}
