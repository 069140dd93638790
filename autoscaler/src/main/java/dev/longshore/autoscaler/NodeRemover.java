package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes nodes: marks them at once, and then, on a virtual thread each, empties them and has their provider take
/// them away. Whatever fails takes the mark back.
///
/// ```
/// mark all ──► a moment's wait ──► look again ──► evict ──► wait for annotations ──► provider
///                                     └─────────────┴── failed: mark taken back, event ──┘
/// ```
final class NodeRemover implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeRemover.class);
    private static final String DELAYING = "delay-deletion.cluster-autoscaler.kubernetes.io/";
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    private final NodeMarks marks;
    private final PodEvictor evictor;
    private final ClusterSource cluster;
    private final AutoscalerEvents events;
    private final Deletions deletions;
    private final ScaleDownOptions options;
    private final EvictionRules rules;
    private final int expendableBelow;
    private final Time time;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    NodeRemover(
            NodeMarks marks,
            PodEvictor evictor,
            ClusterSource cluster,
            AutoscalerEvents events,
            Deletions deletions,
            AutoscalerOptions options,
            Time time) {
        this.marks = marks;
        this.evictor = evictor;
        this.cluster = cluster;
        this.events = events;
        this.deletions = deletions;
        this.options = options.down();
        this.rules = new EvictionRules(options.down().drain());
        this.expendableBelow = options.up().expendableBelow();
        this.time = time;
    }

    /// Begins to remove what `plan` says; returns whether any removal began. Those that need no drain come first, so
    /// that no pod moves to a node that goes as well.
    ///
    /// @param groups by node
    boolean begin(ScaleDownPlanner.Removals plan, Map<String, GroupView> groups) throws InterruptedException {
        boolean hasBegun = begin(plan.empty(), groups, false);
        return begin(plan.drained(), groups, true) || hasBegun;
    }

    private boolean begin(List<Removal> removals, Map<String, GroupView> groups, boolean isDrain)
            throws InterruptedException {
        if (removals.isEmpty() || !markAll(removals, groups, isDrain)) {
            return false;
        }
        for (Removal removal : removals) {
            GroupView group = groups.get(removal.name());
            tellBegin(removal, group, isDrain);
            deletions.begin(removal.name(), group.id(), isDrain);
            Thread thread = Thread.ofVirtual()
                    .name("remove-" + removal.name())
                    .unstarted(() -> remove(removal.node(), group.group(), isDrain));
            threads.add(thread);
            thread.start();
        }
        return true;
    }

    /// All or none.
    private boolean markAll(List<Removal> removals, Map<String, GroupView> groups, boolean isDrain)
            throws InterruptedException {
        var marked = new ArrayList<String>();
        for (Removal removal : removals) {
            try {
                marks.toBeDeleted(removal.name());
                marked.add(removal.name());
                events.normal(removal.node(), "ScaleDown", "marked the node as toBeDeleted/unschedulable");
            } catch (KubernetesClientException refused) {
                events.warning(
                        removal.node(),
                        "ScaleDownFailed",
                        "failed to mark the node as toBeDeleted/unschedulable: " + refused.getMessage());
                for (String node : marked) {
                    unmark(node);
                }
                deletions.begin(removal.name(), groups.get(removal.name()).id(), isDrain);
                deletions.end(removal.name(), false);
                return false;
            }
        }
        return true;
    }

    private void tellBegin(Removal removal, GroupView group, boolean isDrain) {
        if (!isDrain) {
            events.cluster(Notice.normal(
                    "ScaleDownEmpty", "Scale-down: removing empty node \"%s\"".formatted(removal.name())));
            return;
        }
        Observation now = cluster.look();
        Utilization utilization = Utilization.of(
                removal.node(),
                now.podsByNode().getOrDefault(removal.name(), List.of()),
                group.settings().ignoresDaemons(),
                options.ignoresMirrors(),
                now.at());
        String pods = String.join(
                ",",
                removal.moved().stream().map(pod -> pod.getMetadata().getName()).toList());
        events.cluster(Notice.normal(
                "ScaleDown",
                "Scale-down: removing node %s, utilization: %s, pods to reschedule: %s"
                        .formatted(removal.name(), utilization, pods)));
    }

    private void remove(Node node, NodeGroup group, boolean isDrain) {
        String name = NodeTraits.name(node);
        boolean isDone = false;
        try {
            time.sleep(options.deleteDelay());
            Optional<String> failure = emptied(name, isDrain);
            if (failure.isEmpty()) {
                awaitAnnotations(name);
                group.deleteNodes(List.of(name));
                isDone = true;
                tellEnd(node, isDrain);
            } else {
                fail(node, isDrain, failure.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            fail(node, isDrain, "failed to delete %s: %s".formatted(name, broken.getMessage()));
        } finally {
            deletions.end(name, isDone);
            threads.remove(Thread.currentThread());
        }
    }

    /// Looks again, since time has passed, and evicts; returns what kept the node from becoming empty.
    private Optional<String> emptied(String node, boolean isDrain) throws InterruptedException {
        Observation now = cluster.look();
        var budgets = new RemainingBudgets(now.budgets());
        var moved = new ArrayList<Pod>();
        var daemons = new ArrayList<Pod>();
        for (Pod pod : now.podsByNode().getOrDefault(node, List.of())) {
            if (PodTraits.isDaemon(pod) && !PodTraits.isMirror(pod)) {
                daemons.add(pod);
            }
            if (PodTraits.priority(pod) < expendableBelow) {
                continue;
            }
            switch (rules.of(pod, now.owners(), budgets, now.at())) {
                case Eviction.Ignored() -> {}
                case Eviction.Moved() -> moved.add(pod);
                case Eviction.Refused(Obstacle obstacle, String message) -> {
                    return Optional.of(message);
                }
            }
        }
        if (!isDrain && !moved.isEmpty()) {
            return Optional.of("failed to delete empty node \"%s\", new pods scheduled".formatted(node));
        }
        if (isDrain ? options.drain().evictsDaemons() : options.drain().evictsDaemonsOfEmpty()) {
            evictor.hurry(daemons);
        }
        return isDrain ? evictor.drain(node, moved) : Optional.empty();
    }

    private void awaitAnnotations(String node) throws InterruptedException {
        Instant until = time.now().plus(options.annotationPatience());
        while (isDelayed(node) && time.now().isBefore(until)) {
            time.sleep(POLL);
        }
    }

    private boolean isDelayed(String node) {
        return cluster.node(node)
                .map(NodeTraits::annotations)
                .filter(all -> all.keySet().stream().anyMatch(key -> key.startsWith(DELAYING)))
                .isPresent();
    }

    private void tellEnd(Node node, boolean isDrain) {
        events.normal(node, "ScaleDown", "nodes removed by cluster autoscaler");
        events.cluster(
                isDrain
                        ? Notice.normal(
                                "ScaleDown", "Scale-down: node %s removed with drain".formatted(NodeTraits.name(node)))
                        : Notice.normal(
                                "ScaleDownEmpty",
                                "Scale-down: empty node %s removed".formatted(NodeTraits.name(node))));
    }

    private void fail(Node node, boolean isDrain, String why) {
        log.warn("cannot remove node {}: {}", NodeTraits.name(node), why);
        events.warning(
                node,
                "ScaleDownFailed",
                (isDrain ? "failed to drain and delete node: " : "failed to delete empty node: ") + why);
        try {
            unmark(NodeTraits.name(node));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void unmark(String node) throws InterruptedException {
        try {
            marks.notToBeDeleted(node);
        } catch (KubernetesClientException refused) {
            log.warn("node {} keeps its mark as to be deleted: {}", node, refused.getMessage());
        }
    }

    /// Gives up what goes on; the marks stay, and the next autoscaler clears them away.
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : List.copyOf(threads)) {
            try {
                thread.join(JOIN_LIMIT);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
