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
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps as many pods as an owner asks for: what ReplicaSets and ReplicationControllers have in common.
final class ReplicaKeeper<T extends HasMetadata> implements Reconciler {

    private static final int WORKERS = 5;
    private static final int MOST_AT_ONCE = 500;
    private static final int MANY = 100;
    private static final int PODS_PER_MILLISECOND = 50;
    private static final int LONGEST_PAUSE = 200;

    private final ReplicaOwner<T> shape;
    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final WrittenVersions written;
    private final Claims claims;
    private final PodWrites writes;
    /// How many pods owners of many had when they were looked at last, by key.
    private final Map<String, Integer> sizes = new ConcurrentHashMap<>();

    private ReplicaKeeper(String name, ReplicaOwner<T> shape, ControllerContext context) {
        this.shape = shape;
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(name);
        this.events = context.events(name);
        this.expectations = new Expectations(context.time());
        this.written = new WrittenVersions(informers);
        this.claims = new Claims(client, written);
        this.writes = new PodWrites(client, events, expectations, written);
    }

    /// A controller called `name` of all owners of this `shape`.
    static <T extends HasMetadata> Controller create(String name, ReplicaOwner<T> shape, ControllerContext context) {
        var keeper = new ReplicaKeeper<>(name, shape, context);
        var loop = new ControllerLoop(name, keeper, WORKERS, context.time());
        context.informers().onChange(shape.type(), owner -> loop.queue().add(Keys.of(owner)));
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents(
                        shape.kind(),
                        keeper.expectations,
                        key -> loop.queue().addAfter(key, pause(keeper.sizes.getOrDefault(key, 0))),
                        keeper::orphaned));
        return Controller.of(name, loop, keeper.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Duration> wait = written.untilSeen(key);
        if (wait.isPresent()) {
            return new Outcome.RetryAfter(wait.get());
        }
        Optional<T> found = informers.find(shape.type(), key);
        if (found.isEmpty()) {
            written.forget(key);
            return Outcome.done();
        }
        T owner = found.get();
        ReplicaSetSpec spec = shape.spec(owner);
        boolean isUpToDate = expectations.areMet(owner.getMetadata().getUid());
        List<Pod> candidates = informers.ownOrOrphaned(Pod.class, owner);
        List<Pod> pods = claims.claim(
                owner,
                spec.getSelector(),
                candidates.stream().filter(Pods::isActive).toList());
        remember(key, pods.size());
        Optional<KubernetesClientException> failure =
                isUpToDate && !Keys.isBeingDeleted(owner) ? scale(owner, spec, pods) : Optional.empty();
        updateStatus(owner, spec, pods, terminating(owner, spec, candidates), failure);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return nextCheck(spec, pods);
    }

    private void remember(String key, int pods) {
        if (pods < MANY) {
            sizes.remove(key);
        } else {
            sizes.put(key, pods);
        }
    }

    /// How long the owner of so many pods waits after one of them has changed: a look is at all of them, and thousands
    /// that start all at once change thousands of times. A change of the owner itself is looked at at once.
    static Duration pause(int pods) {
        return pods < MANY ? Duration.ZERO : Duration.ofMillis(Math.min(pods / PODS_PER_MILLISECOND, LONGEST_PAUSE));
    }

    private Optional<KubernetesClientException> scale(T owner, ReplicaSetSpec spec, List<Pod> pods) {
        int surplus = pods.size() - wanted(spec);
        int many = Math.min(MOST_AT_ONCE, Math.abs(surplus));
        if (surplus < 0) {
            Pod pod = PodWrites.podOf(owner, spec.getTemplate()).build();
            return writes.create(owner, Collections.nCopies(many, pod)).failure();
        }
        if (surplus > 0) {
            List<Pod> ordered =
                    PodDeletionOrder.of(pods, kin(owner), context.time().now());
            return writes.delete(owner, ordered.subList(0, many)).failure();
        }
        return Optional.empty();
    }

    /// The pods of all who have the same controller: those of one Deployment.
    private List<Pod> kin(T owner) {
        return Keys.controller(owner).stream()
                .flatMap(controller -> informers.controlledBy(shape.type(), controller.getUid()).stream())
                .flatMap(set ->
                        informers.controlledBy(Pod.class, set.getMetadata().getUid()).stream())
                .toList();
    }

    private Integer terminating(T owner, ReplicaSetSpec spec, List<Pod> candidates) {
        return shape.countsTerminating()
                ? (int) candidates.stream()
                        .filter(Pods::isTerminating)
                        .filter(pod -> Keys.isControlledBy(pod, owner)
                                && Selectors.matches(
                                        spec.getSelector(), pod.getMetadata().getLabels()))
                        .count()
                : null;
    }

    private void updateStatus(
            T owner,
            ReplicaSetSpec spec,
            List<Pod> pods,
            Integer terminating,
            Optional<KubernetesClientException> failure) {
        ReplicaSetStatus before = shape.status(owner);
        ReplicaSetStatus status = ReplicaStatuses.count(
                before,
                owner.getMetadata().getGeneration(),
                spec,
                pods,
                terminating,
                failure.map(refused -> failure(spec, pods, refused)),
                context.time().now());
        if (status.equals(before)) {
            return;
        }
        try {
            written.wrote(
                    owner, client.resource(shape.withStatus(owner, status)).updateStatus());
        } catch (KubernetesClientException late) {
            // Once more over what is there now: the numbers are right whoever changed the rest.
            T stored = client.resource(owner).get();
            boolean isSame = stored != null
                    && stored.getMetadata().getUid().equals(owner.getMetadata().getUid());
            if (!isSame) {
                throw late;
            }
            written.wrote(
                    owner, client.resource(shape.withStatus(stored, status)).updateStatus());
        }
    }

    private static ReplicaFailures.Failure failure(
            ReplicaSetSpec spec, List<Pod> pods, KubernetesClientException refused) {
        return pods.size() < wanted(spec)
                ? new ReplicaFailures.Failure("FailedCreate", Refusals.message(refused))
                : new ReplicaFailures.Failure("FailedDelete", "unable to delete pods: " + Refusals.message(refused));
    }

    private static int wanted(ReplicaSetSpec spec) {
        return spec.getReplicas() == null ? 1 : spec.getReplicas();
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
