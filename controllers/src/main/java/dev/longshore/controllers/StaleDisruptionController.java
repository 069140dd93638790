package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Takes back the condition `DisruptionTarget` of pods that were marked for disruption two minutes ago and are
/// still not being deleted. Works as the disruption controller, beside it.
final class StaleDisruptionController implements Reconciler {

    static final String NAME = "stale-pod-disruption";

    private static final String TARGET = "DisruptionTarget";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private StaleDisruptionController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(DisruptionController.NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new StaleDisruptionController(context), 1, context.time());
        context.informers().onChange(Pod.class, pod -> {
            if (untilStale(pod, context.time().now()).isPresent()) {
                loop.queue().add(Keys.of(pod));
            }
        });
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Pod> pod = informers.find(Pod.class, key);
        Optional<Duration> left = pod.flatMap(found -> untilStale(found, time.now()));
        if (left.isEmpty()) {
            return Outcome.done();
        }
        if (left.get().isPositive()) {
            return new Outcome.RetryAfter(left.get());
        }
        client.resource(takenBack(pod.get(), time.now())).updateStatus();
        return Outcome.done();
    }

    /// How long `pod` may go on being a target, if it is one: ended pods, those being deleted and those that
    /// the kubelet ends may for ever.
    static Optional<Duration> untilStale(Pod pod, Instant now) {
        if (Keys.isBeingDeleted(pod) || Pods.isTerminal(pod) || pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(TARGET)
                        && condition.getStatus().equals("True")
                        && !"TerminationByKubelet".equals(condition.getReason()))
                .findFirst()
                .map(condition -> condition.getLastTransitionTime() == null
                        ? Duration.ZERO
                        : Duration.between(
                                now,
                                Instant.parse(condition.getLastTransitionTime()).plus(LIMIT)));
    }

    /// `pod` that is no target any more.
    static Pod takenBack(Pod pod, Instant now) {
        List<PodCondition> conditions = pod.getStatus().getConditions().stream()
                .map(condition -> condition.getType().equals(TARGET)
                        ? new PodConditionBuilder()
                                .withType(TARGET)
                                .withStatus("False")
                                .withObservedGeneration(condition.getObservedGeneration())
                                .withLastTransitionTime(Instant.ofEpochSecond(now.getEpochSecond())
                                        .toString())
                                .build()
                        : condition)
                .toList();
        return new PodBuilder(pod)
                .editStatus()
                .withConditions(conditions)
                .endStatus()
                .build();
    }
}
