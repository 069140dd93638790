package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Writes the autoscaler's taints on nodes. Thread-safe.
final class NodeMarks {

    private static final int CONFLICT = 409;
    private static final int ATTEMPTS = 8;
    private static final Duration PAUSE = Duration.ofMillis(750);

    private final KubernetesClient client;
    private final Time time;
    private final boolean doesCordon;

    /// @param doesCordon whether nodes that are being removed are cordoned as well
    NodeMarks(KubernetesClient client, Time time, boolean doesCordon) {
        this.client = client;
        this.time = time;
        this.doesCordon = doesCordon;
    }

    /// No new pod comes to `node` from now on.
    ///
    /// @throws KubernetesClientException when it cannot be written
    void toBeDeleted(String node) throws InterruptedException {
        change(node, present -> with(present, NodeTraits.TO_BE_DELETED, "NoSchedule", doesCordon));
    }

    /// Pods rather go elsewhere than to `node`.
    void candidate(String node) throws InterruptedException {
        change(node, present -> with(present, NodeTraits.CANDIDATE, "PreferNoSchedule", false));
    }

    /// Takes back [#toBeDeleted]; a node that is gone is fine. Returns whether there was something to take back.
    boolean notToBeDeleted(String node) throws InterruptedException {
        return change(node, present -> without(present, NodeTraits.TO_BE_DELETED, doesCordon));
    }

    /// Takes back [#candidate].
    boolean noCandidate(String node) throws InterruptedException {
        return change(node, present -> without(present, NodeTraits.CANDIDATE, false));
    }

    private Node with(Node node, String key, String effect, boolean isCordoned) {
        if (NodeTraits.taint(node, key).isPresent()) {
            return node;
        }
        var taints = new ArrayList<>(node.getSpec().getTaints());
        taints.add(new Taint(effect, key, null, String.valueOf(time.now().getEpochSecond())));
        return rewritten(
                node, taints, isCordoned ? Boolean.TRUE : node.getSpec().getUnschedulable());
    }

    private static Node without(Node node, String key, boolean isUncordoned) {
        if (NodeTraits.taint(node, key).isEmpty()) {
            return node;
        }
        List<Taint> taints = node.getSpec().getTaints().stream()
                .filter(taint -> !taint.getKey().equals(key))
                .toList();
        return rewritten(node, taints, isUncordoned ? null : node.getSpec().getUnschedulable());
    }

    private static Node rewritten(Node node, List<Taint> taints, Boolean isUnschedulable) {
        return new NodeBuilder(node)
                .editSpec()
                .withTaints(taints)
                .withUnschedulable(isUnschedulable)
                .endSpec()
                .build();
    }

    private boolean change(String name, UnaryOperator<Node> change) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Node present = client.nodes().withName(name).get();
            if (present == null) {
                return false;
            }
            Node wanted = change.apply(present);
            if (wanted == present) {
                return false;
            }
            try {
                client.resource(wanted).update();
                return true;
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != CONFLICT || attempt == ATTEMPTS) {
                    throw refused;
                }
                time.sleep(PAUSE);
            }
        }
    }
}
