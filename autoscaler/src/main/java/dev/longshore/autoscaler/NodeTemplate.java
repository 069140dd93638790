package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a new node of a group will be like, with the daemons that will run on it.
record NodeTemplate(Node node, List<PodView> daemons) {

    private static final String HOSTNAME = "kubernetes.io/hostname";

    /// A node of this kind called `name`.
    NodeView named(String name) {
        NodeView view = NodeView.of(node, daemons);
        Map<String, String> labels = new HashMap<>(view.labels());
        labels.put(HOSTNAME, name);
        return new NodeView(
                name,
                Map.copyOf(labels),
                view.taints(),
                view.isUnschedulable(),
                view.allocatable(),
                view.requested(),
                view.pods(),
                view.images(),
                view.features());
    }
}
