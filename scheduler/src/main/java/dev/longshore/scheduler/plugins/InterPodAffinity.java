package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import java.util.List;
import java.util.stream.Stream;

/// Keeps pods together or apart, as their required affinity and anti-affinity say, within a topology (a node, a
/// zone …).
public final class InterPodAffinity implements Filter {

    @Override
    public String name() {
        return "InterPodAffinity";
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
        boolean isNamespace = term.getNamespaces().isEmpty()
                ? owner.namespace().equals(other.namespace())
                : term.getNamespaces().contains(other.namespace());
        return isNamespace && Labels.match(term.getLabelSelector(), other.labels());
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
}
