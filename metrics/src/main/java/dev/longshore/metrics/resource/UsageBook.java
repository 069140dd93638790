package dev.longshore.metrics.resource;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What is known of all nodes. Thread-safe; one writer for each node at a time.
final class UsageBook {

    private final Map<String, NodeHistory> histories = new ConcurrentHashMap<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Duration resolution;

    UsageBook(Duration resolution) {
        this.resolution = resolution;
    }

    /// A node has told something.
    void heard(String node, Reading reading) {
        histories.compute(node, (name, was) -> was == null ? NodeHistory.of(reading, resolution) : was.then(reading));
        silent.remove(node);
    }

    /// A node has not answered: nothing is told of it until it does.
    void unheard(String node) {
        silent.add(node);
    }

    /// Forgets all nodes but `nodes`.
    void retain(Set<String> nodes) {
        histories.keySet().retainAll(nodes);
        silent.retainAll(nodes);
    }

    Optional<Usage> node(String node) {
        return history(node).flatMap(NodeHistory::node);
    }

    /// By container.
    Map<String, Usage> pod(String node, PodKey pod) {
        return history(node).map(history -> history.pod(pod)).orElse(Map.of());
    }

    private Optional<NodeHistory> history(String node) {
        return silent.contains(node) ? Optional.empty() : Optional.ofNullable(histories.get(node));
    }
}
