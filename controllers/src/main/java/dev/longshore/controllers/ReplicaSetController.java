package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
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

    private ReplicaSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.claims = new PodClaims(client);
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
        String failure = null;
        if (isUpToDate && !Keys.isBeingDeleted(set)) {
            failure = scale(key, set, pods);
        }
        updateStatus(set, pods, failure);
        return failure == null ? nextCheck(set, pods) : new Outcome.RetryAfter(AFTER_FAILURE);
    }

    private String scale(String key, ReplicaSet set, List<Pod> pods) {
        int difference = Math.min(MOST_AT_ONCE, pods.size() - wanted(set));
        if (difference < 0) {
            return create(key, set, Math.min(MOST_AT_ONCE, -difference));
        }
        if (difference > 0) {
            PodDeletionOrder.of(pods, context.time().now()).stream()
                    .limit(difference)
                    .forEach(pod -> delete(key, set, pod));
        }
        return null;
    }

    /// Creates in growing batches, so that a quota that is used up is met once and not five hundred times.
    private String create(String key, ReplicaSet set, int count) {
        int batch = 1;
        for (int made = 0; made < count; batch *= 2) {
            int size = Math.min(batch, count - made);
            expectations.creations(key, size);
            for (int i = 0; i < size; i++) {
                try {
                    Pod pod = client.resource(podOf(set)).create();
                    events.event(
                            set,
                            EventRecorder.Type.NORMAL,
                            "SuccessfulCreate",
                            "Created pod: " + pod.getMetadata().getName());
                } catch (KubernetesClientException refused) {
                    for (int unmade = i; unmade < size; unmade++) {
                        expectations.created(key);
                    }
                    events.event(
                            set, EventRecorder.Type.WARNING, "FailedCreate", "Error creating: " + message(refused));
                    return message(refused);
                }
            }
            made += size;
        }
        return null;
    }

    private void delete(String key, ReplicaSet set, Pod pod) {
        String uid = pod.getMetadata().getUid();
        expectations.deletion(key, uid);
        try {
            client.resource(pod).delete();
            events.event(
                    set,
                    EventRecorder.Type.NORMAL,
                    "SuccessfulDelete",
                    "Deleted pod: " + pod.getMetadata().getName());
        } catch (KubernetesClientException refused) {
            expectations.deleted(key, uid);
            events.event(set, EventRecorder.Type.WARNING, "FailedDelete", "Error deleting: " + message(refused));
            throw refused;
        }
    }

    private static Pod podOf(ReplicaSet set) {
        PodTemplateSpec template = set.getSpec().getTemplate();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withGenerateName(set.getMetadata().getName() + "-")
                .withLabels(template.getMetadata().getLabels())
                .withAnnotations(template.getMetadata().getAnnotations())
                .withFinalizers(template.getMetadata().getFinalizers())
                .withOwnerReferences(Keys.controlledBy(set))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }

    private void updateStatus(ReplicaSet set, List<Pod> pods, String failure) {
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
                .withConditions(ReplicaFailures.conditions(before.getConditions(), failure, now))
                .endStatus()
                .build();
        if (!Objects.equals(status.getStatus(), set.getStatus())) {
            client.resource(status).updateStatus();
        }
    }

    /// A pod that is ready but not yet for long enough becomes available without any event.
    private Outcome nextCheck(ReplicaSet set, List<Pod> pods) {
        int minReady = minReadySeconds(set);
        if (minReady == 0) {
            return Outcome.done();
        }
        Instant now = context.time().now();
        return pods.stream()
                .flatMap(pod -> Pods.readySince(pod).stream())
                .map(since -> Duration.between(now, since.plusSeconds(minReady)))
                .filter(left -> left.isPositive())
                .min(Duration::compareTo)
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

    private static String message(KubernetesClientException refused) {
        return refused.getStatus() != null && refused.getStatus().getMessage() != null
                ? refused.getStatus().getMessage()
                : refused.getMessage();
    }
}
