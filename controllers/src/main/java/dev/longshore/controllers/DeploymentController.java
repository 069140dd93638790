package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Rolls out what a Deployment asks for, by growing the ReplicaSet of its newest template and shrinking the
/// others: each [DeploymentPass] takes the next step.
final class DeploymentController implements Reconciler {

    static final String NAME = "deployment-controller";

    private static final int WORKERS = 5;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Claims claims;

    private DeploymentController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.claims = new Claims(client);
    }

    static Controller create(ControllerContext context) {
        var controller = new DeploymentController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Deployment.class, deployment -> loop.queue().add(Keys.of(deployment)));
        informers.onChange(ReplicaSet.class, set -> controller.deployments(set).forEach(loop.queue()::add));
        informers.of(Pod.class).addEventHandler(new ResourceEventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {}

            @Override
            public void onUpdate(Pod old, Pod pod) {}

            /// Who recreates waits for the last old pod; all else is said by ReplicaSets.
            @Override
            public void onDelete(Pod pod, boolean isStateUnknown) {
                controller.recreatedWithout(pod).ifPresent(loop.queue()::add);
            }
        });
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Deployment> found = informers.find(Deployment.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        Deployment deployment = found.get();
        if (Selectors.isOfAll(deployment.getSpec().getSelector())) {
            refuseAll(deployment);
            return Outcome.done();
        }
        List<ReplicaSet> sets = claims.claim(
                deployment,
                deployment.getSpec().getSelector(),
                informers.in(ReplicaSet.class, deployment.getMetadata().getNamespace()));
        return new DeploymentPass(
                        client,
                        events,
                        deployment,
                        sets,
                        set -> informers.controlledBy(
                                Pod.class, set.getMetadata().getUid()),
                        context.time().now())
                .run();
    }

    /// The server lets none of these in; one that an older server let in is left alone, and told so.
    private void refuseAll(Deployment deployment) {
        events.event(
                deployment,
                EventRecorder.Type.WARNING,
                "SelectingAll",
                "This deployment is selecting all pods. A non-empty selector is required.");
        Long observed =
                deployment.getStatus() == null ? null : deployment.getStatus().getObservedGeneration();
        Long generation = deployment.getMetadata().getGeneration();
        if (generation != null && (observed == null || observed < generation)) {
            client.resource(new DeploymentBuilder(deployment)
                            .editOrNewStatus()
                            .withObservedGeneration(generation)
                            .endStatus()
                            .build())
                    .updateStatus();
        }
    }

    /// Who keeps `set`, or might adopt it.
    private Stream<String> deployments(ReplicaSet set) {
        return Keys.controller(set).isPresent()
                ? Keys.controllerKey(set, "Deployment").stream()
                : informers.in(Deployment.class, set.getMetadata().getNamespace()).stream()
                        .filter(deployment -> Selectors.matches(
                                deployment.getSpec().getSelector(),
                                set.getMetadata().getLabels()))
                        .map(Keys::of);
    }

    private Optional<String> recreatedWithout(Pod pod) {
        return Keys.controllerKey(pod, "ReplicaSet")
                .flatMap(set -> informers.find(ReplicaSet.class, set))
                .flatMap(set -> Keys.controllerKey(set, "Deployment"))
                .filter(key -> informers
                        .find(Deployment.class, key)
                        .filter(deployment -> "Recreate"
                                .equals(deployment.getSpec().getStrategy().getType()))
                        .isPresent());
    }
}
