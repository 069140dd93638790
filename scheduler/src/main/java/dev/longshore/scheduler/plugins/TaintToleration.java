package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Keeps pods from nodes whose taints they do not tolerate, and rather from those with taints that merely
/// discourage.
public final class TaintToleration implements Filter, Score {

    @Override
    public String name() {
        return "TaintToleration";
    }

    @Override
    public int weight() {
        return 3;
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_TAINTS);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return unbearable(pod, node)
                .map(taint -> Verdict.rejected("node(s) had untolerated taint {%s: %s}"
                        .formatted(taint.getKey(), Tolerations.text(taint.getValue()))))
                .orElse(Verdict.FITS);
    }

    static Optional<Taint> unbearable(PodView pod, NodeView node) {
        return node.taints().stream()
                .filter(taint -> taint.getEffect().equals("NoSchedule")
                        || taint.getEffect().equals("NoExecute"))
                .filter(taint -> !Tolerations.tolerate(pod.tolerations(), taint))
                .findFirst();
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        return Scores.fewestFirst(nodes.stream()
                .mapToLong(node -> node.taints().stream()
                        .filter(taint -> taint.getEffect().equals("PreferNoSchedule"))
                        .filter(taint -> !Tolerations.tolerate(pod.tolerations(), taint))
                        .count())
                .toArray());
    }
}
