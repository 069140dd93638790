package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/// Tells nodes, by annotation, for how many seconds they may keep what they read: the longer, the more nodes
/// there are. One worker.
final class TtlController implements Reconciler {

    static final String NAME = "ttl-controller";

    private static final String ANNOTATION = "node.alpha.kubernetes.io/ttl";

    /// For clusters of `from` to `to` nodes. They overlap, so that a node more or less does not change it.
    private record Step(int from, int to, int seconds) {}

    private static final List<Step> STEPS = List.of(
            new Step(0, 100, 0),
            new Step(90, 500, 15),
            new Step(450, 1000, 30),
            new Step(900, 2000, 60),
            new Step(1800, 10_000, 300),
            new Step(9000, Integer.MAX_VALUE, 600));

    private final Informers informers;
    private final KubernetesClient client;
    private int step;

    private TtlController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new TtlController(context), 1, context.time());
        context.informers().onChange(Node.class, node -> loop.queue().add(Keys.of(node)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        step = next(step, informers.all(Node.class).size());
        String seconds = Integer.toString(STEPS.get(step).seconds);
        Optional<Node> node = informers
                .find(Node.class, name)
                .filter(found ->
                        !seconds.equals(StorageClaims.annotations(found).get(ANNOTATION)));
        node.ifPresent(found -> client.resource(new NodeBuilder(found)
                        .editMetadata()
                        .addToAnnotations(ANNOTATION, seconds)
                        .endMetadata()
                        .build())
                .update());
        return Outcome.done();
    }

    /// The step for `nodes`, coming from `step`.
    static int next(int step, int nodes) {
        int next = step;
        while (nodes > STEPS.get(next).to) {
            next++;
        }
        while (nodes < STEPS.get(next).from) {
            next--;
        }
        return next;
    }

    /// In seconds.
    static int seconds(int step) {
        return STEPS.get(step).seconds;
    }
}
