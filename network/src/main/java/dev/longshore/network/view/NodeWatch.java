package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Knows the nodes from an informer. Nodes change with every heartbeat; listeners hear only of what concerns
/// packets.
public final class NodeWatch implements PeerSource {

    private static final String INTERNAL = "InternalIP";

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<Node> nodes;

    /// Over `client`, which stays the caller's.
    public NodeWatch(KubernetesClient client) {
        this.nodes = client.nodes().runnableInformer(0);
    }

    @Override
    public Optional<List<PeerView>> peers() {
        return nodes.hasSynced()
                ? Optional.of(nodes.getStore().list().stream()
                        .flatMap(node -> peer(node).stream())
                        .sorted(Comparator.comparing(PeerView::name))
                        .toList())
                : Optional.empty();
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void start() {
        nodes.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Node added) {
                changed();
            }

            @Override
            public void onUpdate(Node before, Node after) {
                if (!peer(before).equals(peer(after))) {
                    changed();
                }
            }

            @Override
            public void onDelete(Node gone, boolean isStale) {
                changed();
            }
        });
        nodes.exceptionHandler((isStarted, failure) -> true);
        nodes.start().thenRun(this::changed);
    }

    @Override
    public void close() {
        nodes.stop();
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    private static Optional<PeerView> peer(Node node) {
        String cidr = node.getSpec() == null ? null : node.getSpec().getPodCIDR();
        if (cidr == null || cidr.contains(":") || node.getStatus() == null) {
            return Optional.empty();
        }
        return node.getStatus().getAddresses().stream()
                .filter(address -> INTERNAL.equals(address.getType()) && Range.isAddress(address.getAddress()))
                .findFirst()
                .map(address -> new PeerView(node.getMetadata().getName(), address.getAddress(), Range.parse(cidr)));
    }
}
