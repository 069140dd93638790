package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives each node a /24 of the pod range. One worker, so that no two nodes get the same.
final class NodeIpamController implements Reconciler {

    static final String NAME = "node-ipam-controller";

    private static final int NODE_BITS = 8;

    private final Informers informers;
    private final KubernetesClient client;
    private final PodRanges ranges;

    private NodeIpamController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.ranges = PodRanges.of(context.podRange(), NODE_BITS);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new NodeIpamController(context), 1, context.time());
        context.informers().onChange(Node.class, node -> loop.queue().add(Keys.of(node)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        // The informer may lag behind our own last write: what is taken is asked of the server itself.
        Optional<Node> node =
                informers.find(Node.class, name).filter(found -> range(found).isEmpty());
        if (node.isEmpty()) {
            return Outcome.done();
        }
        Set<String> taken = client.nodes().list().getItems().stream()
                .flatMap(other -> range(other).stream())
                .collect(Collectors.toSet());
        Optional<String> free = ranges.firstFree(taken);
        if (free.isEmpty()) {
            return new Outcome.GiveUp("the pod range has no /24 left");
        }
        client.nodes()
                .withName(name)
                .edit(stored -> range(stored).isPresent()
                        ? stored
                        : new NodeBuilder(stored)
                                .editSpec()
                                .withPodCIDR(free.get())
                                .withPodCIDRs(free.get())
                                .endSpec()
                                .build());
        return Outcome.done();
    }

    private static Optional<String> range(Node node) {
        return Optional.ofNullable(node.getSpec().getPodCIDR()).filter(range -> !range.isEmpty());
    }
}
