package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.NodeApi;
import dev.longshore.kubelet.cluster.StorageApi;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the node's CSINode as soon as there is a Node, so that it is known that no driver is here yet. Tries until it
/// can be done, ever more slowly.
public final class NodeAnnouncement implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeAnnouncement.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String node;
    private final StorageApi storage;
    private final NodeApi nodes;
    private final Time time;
    private final Thread thread = Thread.ofVirtual().name("kubelet-csinode").unstarted(this::work);

    /// Of the node called `node`.
    public NodeAnnouncement(String node, StorageApi storage, NodeApi nodes, Time time) {
        this.node = requireNonNull(node, "node");
        this.storage = requireNonNull(storage, "storage");
        this.nodes = requireNonNull(nodes, "nodes");
        this.time = requireNonNull(time, "time");
    }

    /// Begins; returns at once.
    public void start() {
        thread.start();
    }

    private void work() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isDone()) {
                time.sleep(pause);
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDone() {
        try {
            if (nodes.get(node).isEmpty()) {
                return false;
            }
            storage.changeNode(UnaryOperator.identity());
            return true;
        } catch (KubernetesClientException refused) {
            log.debug("the CSINode cannot be made yet", refused);
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
