package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Keeps as many pods as a ReplicaSet asks for.
final class ReplicaSetController implements Reconciler {

    static final String NAME = "replicaset-controller";

    private static final int WORKERS = 4;
    private static final int MOST_AT_ONCE = 500;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final PodClaims claims;
    private final PodWrites writes;

    private ReplicaSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.claims = new PodClaims(client);
        this.writes = new PodWrites(client, events, expectations);
    }

    static Controller create(ControllerContext context) {
        var controller = new ReplicaSetController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(ReplicaSet.class, set -> loop.queue().add(Keys.of(set)));
        context.informers()
                .of(Pod.class)
                .addEventHandler(
                        new ChildEvents("ReplicaSet", controller.expectations, loop.queue(), controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<ReplicaSet> found = informers.find(ReplicaSet.class, key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Outcome.done();
        }
        ReplicaSet set = found.get();
        boolean isUpToDate = expectations.areMet(key);
        List<Pod> pods = claims.claim(
                set,
                set.getSpec().getSelector(),
                informers.in(Pod.class, set.getMetadata().getNamespace()).stream()
                        .filter(Pods::isActive)
                        .toList());
        Optional<String> failure = Optional.empty();
        if (isUpToDate && !Keys.isBeingDeleted(set)) {
            failure = scale(key, set, pods);
        }
        updateStatus(set, pods, failure);
        return failure.isEmpty() ? nextCheck(set, pods) : new Outcome.RetryAfter(AFTER_FAILURE);
    }

    private Optional<String> scale(String key, ReplicaSet set, List<Pod> pods) {
        int difference = Math.min(MOST_AT_ONCE, pods.size() - wanted(set));
        if (difference < 0) {
            Pod pod = PodWrites.podOf(set, set.getSpec().getTemplate()).build();
            return writes.create(key, set, Collections.nCopies(Math.min(MOST_AT_ONCE, -difference), pod));
        }
        if (difference > 0) {
            PodDeletionOrder.of(pods, context.time().now()).stream()
                    .limit(difference)
                    .forEach(pod -> writes.delete(key, set, pod));
        }
        return Optional.empty();
    }

    private void updateStatus(ReplicaSet set, List<Pod> pods, Optional<String> failure) {
        Instant now = context.time().now();
        int minReady = minReadySeconds(set);
        var labels = set.getSpec().getTemplate().getMetadata().getLabels();
        var before = set.getStatus() == null ? new ReplicaSetStatus() : set.getStatus();
        var status = new ReplicaSetBuilder(set)
                .withNewStatusLike(before)
                .withReplicas(pods.size())
                .withFullyLabeledReplicas((int) pods.stream()
                        .filter(pod ->
                                Selectors.matches(labels, pod.getMetadata().getLabels()))
                        .count())
                .withReadyReplicas((int) pods.stream().filter(Pods::isReady).count())
                .withAvailableReplicas((int) pods.stream()
                        .filter(pod -> Pods.isAvailable(pod, minReady, now))
                        .count())
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withConditions(ReplicaFailures.conditions(before.getConditions(), failure.orElse(null), now))
                .endStatus()
                .build();
        if (!Objects.equals(status.getStatus(), set.getStatus())) {
            client.resource(status).updateStatus();
        }
    }

    /// A pod that is ready but not yet for long enough becomes available without any event.
    private Outcome nextCheck(ReplicaSet set, List<Pod> pods) {
        return Pods.untilAvailable(
                        pods, set.getSpec().getMinReadySeconds(), context.time().now())
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    /// Which sets might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(ReplicaSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.matches(
                        set.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .map(Keys::of)
                .toList();
    }

    private static int wanted(ReplicaSet set) {
        return set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
    }

    private static int minReadySeconds(ReplicaSet set) {
        return set.getSpec().getMinReadySeconds() == null ? 0 : set.getSpec().getMinReadySeconds();
    }
}
