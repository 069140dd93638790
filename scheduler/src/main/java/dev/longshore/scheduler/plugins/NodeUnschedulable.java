package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.Taint;

/// A cordoned node takes no pods but those that tolerate it.
public final class NodeUnschedulable implements Filter {

    private static final Taint CORDONED = new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, null);

    @Override
    public String name() {
        return "NodeUnschedulable";
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        return node.isUnschedulable() && !Tolerations.tolerate(pod.tolerations(), CORDONED)
                ? Verdict.rejected("node(s) were unschedulable")
                : Verdict.FITS;
    }
}
