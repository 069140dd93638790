package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Keeps as many pods as an owner asks for: what ReplicaSets and ReplicationControllers have in common.
final class ReplicaKeeper<T extends HasMetadata> implements Reconciler {

    private static final int WORKERS = 4;
    private static final int MOST_AT_ONCE = 500;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final ReplicaOwner<T> shape;
    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final PodClaims claims;
    private final PodWrites writes;

    private ReplicaKeeper(String name, ReplicaOwner<T> shape, ControllerContext context) {
        this.shape = shape;
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(name);
        this.events = context.events(name);
        this.expectations = new Expectations(context.time());
        this.claims = new PodClaims(client);
        this.writes = new PodWrites(client, events, expectations);
    }

    /// A controller called `name` of all owners of this `shape`.
    static <T extends HasMetadata> Controller create(String name, ReplicaOwner<T> shape, ControllerContext context) {
        var keeper = new ReplicaKeeper<>(name, shape, context);
        var loop = new ControllerLoop(name, keeper, WORKERS, context.time());
        context.informers().onChange(shape.type(), owner -> loop.queue().add(Keys.of(owner)));
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents(shape.kind(), keeper.expectations, loop.queue(), keeper::orphaned));
        return Controller.of(name, loop, keeper.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<T> found = informers.find(shape.type(), key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Outcome.done();
        }
        T owner = found.get();
        ReplicaSetSpec spec = shape.spec(owner);
        boolean isUpToDate = expectations.areMet(key);
        List<Pod> pods = claims.claim(
                owner,
                spec.getSelector(),
                informers.in(Pod.class, owner.getMetadata().getNamespace()).stream()
                        .filter(Pods::isActive)
                        .toList());
        Optional<String> failure = Optional.empty();
        if (isUpToDate && !Keys.isBeingDeleted(owner)) {
            failure = scale(key, owner, spec, pods);
        }
        updateStatus(owner, spec, pods, failure);
        return failure.isEmpty() ? nextCheck(spec, pods) : new Outcome.RetryAfter(AFTER_FAILURE);
    }

    private Optional<String> scale(String key, T owner, ReplicaSetSpec spec, List<Pod> pods) {
        int wanted = spec.getReplicas() == null ? 1 : spec.getReplicas();
        int difference = Math.min(MOST_AT_ONCE, pods.size() - wanted);
        if (difference < 0) {
            Pod pod = PodWrites.podOf(owner, spec.getTemplate()).build();
            return writes.create(key, owner, Collections.nCopies(Math.min(MOST_AT_ONCE, -difference), pod));
        }
        if (difference > 0) {
            PodDeletionOrder.of(pods, context.time().now()).stream()
                    .limit(difference)
                    .forEach(pod -> writes.delete(key, owner, pod));
        }
        return Optional.empty();
    }

    private void updateStatus(T owner, ReplicaSetSpec spec, List<Pod> pods, Optional<String> failure) {
        ReplicaSetStatus before = shape.status(owner);
        ReplicaSetStatus status = ReplicaStatuses.count(
                before,
                owner.getMetadata().getGeneration(),
                spec,
                pods,
                failure.orElse(null),
                context.time().now());
        if (!status.equals(before)) {
            client.resource(shape.withStatus(owner, status)).updateStatus();
        }
    }

    /// A pod that is ready but not yet for long enough becomes available without any event.
    private Outcome nextCheck(ReplicaSetSpec spec, List<Pod> pods) {
        return Pods.untilAvailable(
                        pods, spec.getMinReadySeconds(), context.time().now())
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    /// Who might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(shape.type(), pod.getMetadata().getNamespace()).stream()
                .filter(owner -> Selectors.matches(
                        shape.spec(owner).getSelector(), pod.getMetadata().getLabels()))
                .map(Keys::of)
                .toList();
    }
}
