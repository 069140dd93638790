package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties a node by evictions, which disruption budgets may refuse, and waits until its pods are gone.
final class PodEvictor {

    private static final Logger log = LoggerFactory.getLogger(PodEvictor.class);
    private static final int NOT_FOUND = 404;
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofSeconds(1);

    /// What a pod may take beyond its grace.
    private static final Duration HEADROOM = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ClusterSource cluster;
    private final AutoscalerEvents events;
    private final Deletions deletions;
    private final DrainOptions options;
    private final Time time;

    PodEvictor(
            KubernetesClient client,
            ClusterSource cluster,
            AutoscalerEvents events,
            Deletions deletions,
            DrainOptions options,
            Time time) {
        this.client = client;
        this.cluster = cluster;
        this.events = events;
        this.deletions = deletions;
        this.options = options;
        this.time = time;
    }

    /// Evicts `pods` from `node`, all at once; returns why that failed, if it did.
    Optional<String> drain(String node, List<Pod> pods) throws InterruptedException {
        Instant until = time.now().plus(options.evictionPatience());
        var failures = new ConcurrentLinkedQueue<String>();
        var threads = new ArrayList<Thread>();
        for (Pod pod : pods) {
            threads.add(Thread.ofVirtual()
                    .name("evict-" + PodTraits.key(pod))
                    .start(() -> evict(pod, until).ifPresent(failures::add)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            threads.forEach(Thread::interrupt);
            throw stopped;
        }
        if (!failures.isEmpty()) {
            return Optional.of("Failed to drain node /%s, due to following errors: [%s]"
                    .formatted(node, String.join(" ", failures.stream().sorted().toList())));
        }
        return awaitGone(node, pods)
                ? Optional.empty()
                : Optional.of("Failed to drain node /%s: pods remaining after timeout".formatted(node));
    }

    /// Asks once for each of `pods` to go and waits for nothing: daemons, which nobody misses on a node that goes.
    void hurry(List<Pod> pods) {
        for (Pod pod : pods) {
            try {
                post(pod);
            } catch (KubernetesClientException refused) {
                // The node goes nevertheless, and its daemons with it.
                log.debug("{} stays: {}", PodTraits.key(pod), refused.getMessage());
            }
        }
    }

    private Optional<String> evict(Pod pod, Instant until) {
        events.normal(pod, "ScaleDown", "deleting pod for node scale down");
        String last = "";
        try {
            boolean isFirst = true;
            while (isFirst || time.now().isBefore(until)) {
                if (!isFirst) {
                    time.sleep(RETRY);
                }
                isFirst = false;
                try {
                    post(pod);
                    deletions.evicted(pod, time.now());
                    return Optional.empty();
                } catch (KubernetesClientException refused) {
                    if (refused.getCode() == NOT_FOUND) {
                        return Optional.empty();
                    }
                    last = refused.getStatus() == null
                            ? refused.getMessage()
                            : refused.getStatus().getMessage();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.of("stopped while evicting " + PodTraits.key(pod));
        }
        events.warning(pod, "ScaleDownFailed", "failed to delete pod for ScaleDown");
        return Optional.of(
                "failed to evict pod %s within allowed timeout (last error: %s)".formatted(PodTraits.key(pod), last));
    }

    private void post(Pod pod) {
        long grace = PodTraits.grace(pod);
        long most = options.maxGrace().toSeconds();
        client.raw(
                "/api/v1/namespaces/%s/pods/%s/eviction"
                        .formatted(
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName()),
                "POST",
                new EvictionBuilder()
                        .withNewMetadata()
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName())
                        .endMetadata()
                        .withDeleteOptions(new DeleteOptionsBuilder()
                                .withGracePeriodSeconds(most > 0 ? Math.min(grace, most) : grace)
                                .build())
                        .build());
    }

    private boolean awaitGone(String node, List<Pod> pods) throws InterruptedException {
        Instant until = time.now().plus(options.maxGrace()).plus(HEADROOM);
        while (time.now().isBefore(until)) {
            if (pods.stream().noneMatch(pod -> isOn(node, pod))) {
                return true;
            }
            time.sleep(POLL);
        }
        return false;
    }

    private boolean isOn(String node, Pod pod) {
        return cluster.pod(PodTraits.key(pod))
                .filter(present -> !PodTraits.isOver(present))
                .flatMap(PodTraits::node)
                .filter(node::equals)
                .isPresent();
    }
}
