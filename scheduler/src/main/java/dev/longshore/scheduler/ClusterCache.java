package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Nodes with their pods, kept up by events instead of being gathered for each decision. What the scheduler has
/// decided counts at once ("assumed"), until the cluster confirms it or the binding fails. Thread-safe.
///
/// A change marks its node; a snapshot makes the views of marked nodes anew and shares all others with the one
/// before. So a decision costs one node's pods, not all pods.
///
/// ```
/// assume ──► assumed ──put──► confirmed ──remove──► gone
///               └──────forget──────────────────────► gone
/// ```
final class ClusterCache {

    private final Map<String, Entry> nodes = new LinkedHashMap<>();
    private final Map<String, PodView> pods = new HashMap<>();
    private final Set<String> assumed = new HashSet<>();
    private Snapshot last = new Snapshot(List.of());
    private boolean isOutdated;

    /// `node` came or changed.
    ///
    /// @return what that means for pods that wait
    synchronized Set<ClusterEvent> node(Node node) {
        NodeView fresh = NodeView.of(node, List.of());
        Entry entry = nodes.computeIfAbsent(fresh.name(), name -> new Entry());
        Optional<NodeView> before = entry.facts;
        entry.facts = Optional.of(fresh);
        mark(entry);
        return before.map(old -> differences(old, fresh)).orElseGet(() -> EnumSet.of(ClusterEvent.NODE_ADDED));
    }

    /// The node went; its pods are remembered, as long as the cluster has them.
    synchronized Set<ClusterEvent> removeNode(String name) {
        Entry entry = nodes.get(name);
        if (entry == null || entry.facts.isEmpty()) {
            return Set.of();
        }
        entry.facts = Optional.empty();
        mark(entry);
        dropIfEmpty(name, entry);
        return EnumSet.of(ClusterEvent.NODE_GONE);
    }

    /// `pod`, which has a node, came or changed.
    synchronized Set<ClusterEvent> put(PodView pod) {
        assumed.remove(pod.uid());
        PodView before = pods.get(pod.uid());
        boolean wasThere = before != null && before.nodeName().equals(pod.nodeName());
        if (!pod.equals(before)) {
            if (before != null) {
                detach(before);
            }
            attach(pod);
        }
        if (!wasThere) {
            return EnumSet.of(ClusterEvent.POD_PLACED);
        }
        return before.labels().equals(pod.labels()) ? Set.of() : EnumSet.of(ClusterEvent.POD_LABELS);
    }

    /// `uid` takes no room any more.
    synchronized Set<ClusterEvent> remove(String uid) {
        assumed.remove(uid);
        PodView before = pods.get(uid);
        if (before == null) {
            return Set.of();
        }
        detach(before);
        return EnumSet.of(ClusterEvent.POD_GONE);
    }

    /// From now on `pod` counts as being on `node`.
    ///
    /// @return false if it has a node already, which stands
    synchronized boolean assume(PodView pod, String node) {
        if (pods.containsKey(pod.uid())) {
            return false;
        }
        PodView placed = pod.placed(node);
        assumed.add(pod.uid());
        attach(placed);
        return true;
    }

    /// The binding of `uid` failed.
    ///
    /// @return what that means for pods that wait; nothing if the cluster had confirmed it meanwhile
    synchronized Set<ClusterEvent> forget(String uid) {
        return assumed.contains(uid) ? remove(uid) : Set.of();
    }

    /// True while it is decided, but not confirmed, where the pod goes.
    synchronized boolean isAssumed(String uid) {
        return assumed.contains(uid);
    }

    /// All nodes with their pods as they are now.
    synchronized Snapshot snapshot() {
        if (!isOutdated) {
            return last;
        }
        var views = new ArrayList<NodeView>(nodes.size());
        for (Entry entry : nodes.values()) {
            entry.facts.ifPresent(facts -> views.add(entry.view(facts)));
        }
        last = new Snapshot(views);
        isOutdated = false;
        return last;
    }

    private void attach(PodView pod) {
        pods.put(pod.uid(), pod);
        Entry entry = nodes.computeIfAbsent(pod.nodeName().orElseThrow(), name -> new Entry());
        entry.pods.put(pod.uid(), pod);
        mark(entry);
    }

    private void detach(PodView pod) {
        pods.remove(pod.uid());
        String name = pod.nodeName().orElseThrow();
        Entry entry = nodes.get(name);
        entry.pods.remove(pod.uid());
        mark(entry);
        dropIfEmpty(name, entry);
    }

    private void mark(Entry entry) {
        entry.view = Optional.empty();
        isOutdated = true;
    }

    private void dropIfEmpty(String name, Entry entry) {
        if (entry.facts.isEmpty() && entry.pods.isEmpty()) {
            nodes.remove(name);
        }
    }

    private static Set<ClusterEvent> differences(NodeView before, NodeView now) {
        Set<ClusterEvent> events = EnumSet.noneOf(ClusterEvent.class);
        if (!before.allocatable().equals(now.allocatable())) {
            events.add(ClusterEvent.NODE_ALLOCATABLE);
        }
        if (!before.labels().equals(now.labels())) {
            events.add(ClusterEvent.NODE_LABELS);
        }
        if (before.isUnschedulable() != now.isUnschedulable()
                || !before.taints().equals(now.taints())) {
            events.add(ClusterEvent.NODE_TAINTS);
        }
        if (!before.features().equals(now.features())) {
            events.add(ClusterEvent.NODE_FEATURES);
        }
        return events;
    }

    /// A node, which pods may name before it is known itself.
    private static final class Entry {
        private Optional<NodeView> facts = Optional.empty();
        private final Map<String, PodView> pods = new LinkedHashMap<>();
        private Optional<NodeView> view = Optional.empty();

        NodeView view(NodeView facts) {
            if (view.isEmpty()) {
                view = Optional.of(facts.with(List.copyOf(pods.values())));
            }
            return view.get();
        }
    }
}
