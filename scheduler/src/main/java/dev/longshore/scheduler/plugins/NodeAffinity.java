package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Leads pods to nodes by `nodeSelector` and node affinity.
public final class NodeAffinity implements Filter, Score {

    @Override
    public String name() {
        return "NodeAffinity";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return admits(pod, node) ? Verdict.FITS : Verdict.rejected("node(s) didn't match Pod's node affinity/selector");
    }

    static boolean admits(PodView pod, NodeView node) {
        boolean isSelected =
                node.labels().entrySet().containsAll(pod.nodeSelector().entrySet());
        boolean isRequired = pod.affinity()
                .map(Affinity::getNodeAffinity)
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .map(required -> required.getNodeSelectorTerms().stream().anyMatch(term -> Labels.match(term, node)))
                .orElse(true);
        return isSelected && isRequired;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        List<PreferredSchedulingTerm> preferred = pod.affinity()
                .map(Affinity::getNodeAffinity)
                .map(affinity -> affinity.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
        return Scores.mostFirst(nodes.stream()
                .mapToLong(node -> preferred.stream()
                        .filter(term -> Labels.match(term.getPreference(), node))
                        .mapToLong(PreferredSchedulingTerm::getWeight)
                        .sum())
                .toArray());
    }
}
