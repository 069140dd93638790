package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps new pods rather away from nodes that may go: a few writes a look, first those that take a taint back.
final class SoftTaints {

    private static final Logger log = LoggerFactory.getLogger(SoftTaints.class);

    private final NodeMarks marks;
    private final int most;

    SoftTaints(NodeMarks marks, int most) {
        this.marks = marks;
        this.most = most;
    }

    /// @param nodes of the groups
    /// @param unneeded their names
    void update(List<Node> nodes, Set<String> unneeded) throws InterruptedException {
        int left = most;
        for (boolean isWanted : new boolean[] {false, true}) {
            for (Node node : nodes) {
                String name = NodeTraits.name(node);
                boolean isTainted = NodeTraits.taint(node, NodeTraits.CANDIDATE).isPresent();
                boolean isDue = unneeded.contains(name) == isWanted
                        && isTainted != isWanted
                        && NodeTraits.taint(node, NodeTraits.TO_BE_DELETED).isEmpty();
                if (isDue && left-- > 0) {
                    write(name, isWanted);
                }
            }
        }
    }

    private void write(String node, boolean isCandidate) throws InterruptedException {
        try {
            if (isCandidate) {
                marks.candidate(node);
            } else {
                marks.noCandidate(node);
            }
        } catch (KubernetesClientException refused) {
            log.warn("node {}: cannot write the taint of candidates: {}", node, refused.getMessage());
        }
    }
}
