package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.List;
import java.util.Set;

/// Whether a node takes a pod: all filters let it pass, as things are and as they will be when those have come for
/// whom the node is being cleared.
final class NodeCheck {

    private final List<Filter> filters;
    private final Nominations nominations;

    NodeCheck(List<Filter> filters, Nominations nominations) {
        this.filters = List.copyOf(filters);
        this.nominations = nominations;
    }

    /// What the first filter says that rejects.
    ///
    /// @param helpedBy is given the events that may change that
    Verdict verdict(PodView pod, NodeView node, Snapshot cluster, Set<ClusterEvent> helpedBy) {
        List<PodView> expected = nominations.before(pod, node.name());
        if (!expected.isEmpty()) {
            NodeView later = node;
            for (PodView other : expected) {
                later = later.plus(other.placed(node.name()));
            }
            Verdict verdict = asItIs(pod, later, cluster.with(later), helpedBy);
            if (verdict instanceof Verdict.Rejected) {
                return verdict;
            }
        }
        return asItIs(pod, node, cluster, helpedBy);
    }

    private Verdict asItIs(PodView pod, NodeView node, Snapshot cluster, Set<ClusterEvent> helpedBy) {
        for (Filter filter : filters) {
            Verdict verdict = filter.filter(pod, node, cluster);
            if (verdict instanceof Verdict.Rejected) {
                helpedBy.addAll(filter.helpedBy());
                return verdict;
            }
        }
        return Verdict.FITS;
    }
}
