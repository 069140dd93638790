package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes pods that nobody else would: the oldest of too many that have ended, those that are to go from nodes out of
/// service, those of nodes that are no more, and those deleted before they were scheduled. Looks at all of them every
/// twenty seconds. What has not ended is said to have failed first: nobody else will say how it ended.
final class PodGarbageCollector implements Reconciler {

    static final String NAME = "pod-garbage-collector";

    private static final Logger log = LoggerFactory.getLogger(PodGarbageCollector.class);
    private static final String ALL = "all";
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final int MOST_ENDED = 12_500;

    /// A node that is not there may only not have been heard of yet.
    private static final Duration QUARANTINE = Duration.ofSeconds(40);

    private static final Comparator<Pod> EVICTED_THEN_OLDEST_FIRST = Comparator.<Pod, Boolean>comparing(
                    pod -> !isEvicted(pod))
            .thenComparing(pod -> pod.getMetadata().getCreationTimestamp())
            .thenComparing(pod -> pod.getMetadata().getName());

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    /// Confined to the one worker.
    private final Map<String, Instant> missingSince = new HashMap<>();

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
        tooManyEnded(pods, MOST_ENDED).forEach(this::remove);
        pods.stream()
                .filter(Keys::isBeingDeleted)
                .filter(pod ->
                        node(pod).filter(PodGarbageCollector::isOutOfService).isPresent())
                .forEach(this::remove);
        Set<String> lost = lostNodes(pods);
        pods.stream()
                .filter(pod -> lost.contains(pod.getSpec().getNodeName()))
                .forEach(pod -> remove(pod, DisruptionTarget.ORPHANED));
        pods.stream()
                .filter(pod -> Keys.isBeingDeleted(pod) && pod.getSpec().getNodeName() == null)
                .forEach(this::remove);
        return new Outcome.RetryAfter(PERIOD);
    }

    /// Those of `pods` that have ended beyond `most`, evicted ones first: these have no owner who would miss them.
    static List<Pod> tooManyEnded(List<Pod> pods, int most) {
        List<Pod> ended = pods.stream()
                .filter(Pods::isTerminal)
                .sorted(EVICTED_THEN_OLDEST_FIRST)
                .toList();
        return ended.subList(0, Math.max(0, ended.size() - most));
    }

    /// Somebody said that `node`, which does not answer, will not come back by itself.
    static boolean isOutOfService(Node node) {
        boolean isReady = NodeTaints.ready(node)
                .filter(ready -> "True".equals(ready.getStatus()))
                .isPresent();
        return !isReady
                && node.getSpec().getTaints().stream()
                        .anyMatch(taint -> taint.getKey().equals(OUT_OF_SERVICE));
    }

    private Set<String> lostNodes(List<Pod> pods) {
        Instant now = time.now();
        Set<String> missing = pods.stream()
                .map(pod -> pod.getSpec().getNodeName())
                .filter(Objects::nonNull)
                .filter(node -> informers.find(Node.class, node).isEmpty())
                .collect(Collectors.toSet());
        missingSince.keySet().retainAll(missing);
        missing.forEach(node -> missingSince.putIfAbsent(node, now));
        return missing.stream()
                .filter(node -> !missingSince.get(node).plus(QUARANTINE).isAfter(now))
                .filter(node -> client.nodes().withName(node).get() == null)
                .collect(Collectors.toSet());
    }

    private Optional<Node> node(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getNodeName()).flatMap(name -> informers.find(Node.class, name));
    }

    private void remove(Pod pod) {
        remove(pod, DisruptionTarget.NONE);
    }

    /// One pod that cannot be removed does not keep the others; it is tried again in the next round.
    private void remove(Pod pod, DisruptionTarget why) {
        try {
            if (!Pods.isTerminal(pod)) {
                why.say(client, pod, time.now());
            }
            client.resource(pod).withGracePeriod(0).delete();
        } catch (KubernetesClientException refused) {
            log.warn("{}: {} cannot be removed: {}", NAME, Keys.of(pod), Refusals.message(refused));
        }
    }

    private static boolean isEvicted(Pod pod) {
        return Pods.phase(pod).equals("Failed")
                && "Evicted".equals(pod.getStatus().getReason());
    }
}
