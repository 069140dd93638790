package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Removes pods that nobody else would: those of nodes that are no more, those deleted before they were
/// scheduled, and the oldest of too many that have ended. Looks at all of them every twenty seconds.
final class PodGarbageCollector implements Reconciler {

    static final String NAME = "pod-garbage-collector";

    private static final String ALL = "all";
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final int MOST_ENDED = 12_500;

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private PodGarbageCollector(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
        informers.of(Pod.class);
        informers.of(Node.class);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new PodGarbageCollector(context), 1, context.time());
        loop.queue().addAfter(ALL, PERIOD);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        List<Pod> pods = informers.all(Pod.class);
        pods.stream().filter(PodGarbageCollector::isUnscheduledAndDeleted).forEach(this::remove);
        pods.stream().filter(this::isOrphaned).toList().forEach(pod -> {
            DisruptionTarget.ORPHANED.say(client, pod, time.now());
            remove(pod);
        });
        List<Pod> ended = pods.stream()
                .filter(pod -> Pods.isTerminal(pod) && !Keys.isBeingDeleted(pod))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .toList();
        ended.stream().limit(Math.max(0, ended.size() - MOST_ENDED)).forEach(this::remove);
        return new Outcome.RetryAfter(PERIOD);
    }

    private static boolean isUnscheduledAndDeleted(Pod pod) {
        return Keys.isBeingDeleted(pod) && pod.getSpec().getNodeName() == null;
    }

    private boolean isOrphaned(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getNodeName())
                .filter(node -> informers.find(Node.class, node).isEmpty())
                .filter(node -> client.nodes().withName(node).get() == null)
                .isPresent();
    }

    private void remove(Pod pod) {
        client.resource(pod).withGracePeriod(0).delete();
    }
}
