package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives each node its part of each of the pod ranges: a /24, and a /64 of IPv6. One worker, so that no two nodes
/// get the same.
final class NodeIpamController implements Reconciler {

    static final String NAME = "node-ipam-controller";

    private static final Duration WITHOUT_RANGE = Duration.ofSeconds(30);

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final List<PodRanges> ranges;

    private NodeIpamController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NodeLifecycleController.NAME);
        this.events = context.events(NodeLifecycleController.NAME, "cidrAllocator");
        this.ranges = PodRanges.all(context.podRange());
    }

    static Controller create(ControllerContext context) {
        var controller = new NodeIpamController(context);
        var loop = new ControllerLoop(NAME, controller, 1, context.time());
        context.informers().onChange(Node.class, node -> loop.queue().add(Keys.of(node)));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String name) {
        // The informer may lag behind our own last write: what is taken is asked of the server itself.
        Optional<Node> node = informers
                .find(Node.class, name)
                .filter(found -> found.getSpec().getPodCIDRs().isEmpty() && !Keys.isBeingDeleted(found));
        if (node.isEmpty()) {
            return Outcome.done();
        }
        Set<String> taken = client.nodes().list().getItems().stream()
                .flatMap(other -> other.getSpec().getPodCIDRs().stream())
                .collect(Collectors.toSet());
        var parts = new ArrayList<String>();
        for (PodRanges range : ranges) {
            Optional<String> free = range.firstFree(taken);
            if (free.isEmpty()) {
                events.event(
                        node.get(),
                        Type.NORMAL,
                        "CIDRNotAvailable",
                        "Node %s status is now: CIDRNotAvailable".formatted(name));
                return new Outcome.RetryAfter(WITHOUT_RANGE);
            }
            parts.add(free.get());
        }
        client.nodes()
                .withName(name)
                .edit(stored -> stored.getSpec().getPodCIDRs().isEmpty()
                        ? new NodeBuilder(stored)
                                .editSpec()
                                .withPodCIDR(parts.getFirst())
                                .withPodCIDRs(parts)
                                .endSpec()
                                .build()
                        : stored);
        return Outcome.done();
    }
}
