package dev.longshore.autoscaler;

import dev.longshore.scheduler.Feasibility;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A cluster that is only imagined: nodes and pods come and go, and the real scheduler's rules say what fits. One
/// thread.
final class Simulation {

    private final Feasibility feasibility;
    private final Map<String, NodeView> nodes;
    private Optional<Snapshot> snapshot = Optional.empty();

    /// Without nodes.
    Simulation(Feasibility feasibility) {
        this(feasibility, new LinkedHashMap<>());
    }

    private Simulation(Feasibility feasibility, Map<String, NodeView> nodes) {
        this.feasibility = feasibility;
        this.nodes = nodes;
    }

    /// One that can be changed without changing this one.
    Simulation copy() {
        return new Simulation(feasibility, new LinkedHashMap<>(nodes));
    }

    /// Becomes what `other` is.
    void become(Simulation other) {
        nodes.clear();
        nodes.putAll(other.nodes);
        snapshot = Optional.empty();
    }

    void add(NodeView node) {
        nodes.put(node.name(), node);
        snapshot = Optional.empty();
    }

    void remove(String node) {
        nodes.remove(node);
        snapshot = Optional.empty();
    }

    Optional<NodeView> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    List<NodeView> nodes() {
        return List.copyOf(nodes.values());
    }

    void place(PodView pod, String node) {
        nodes.computeIfPresent(node, (name, view) -> view.plus(pod));
        snapshot = Optional.empty();
    }

    /// What the scheduler's rules say of `pod` on `node`, which is there.
    Verdict verdict(PodView pod, String node) {
        return feasibility.verdict(pod, nodes.get(node), snapshot());
    }

    boolean fits(PodView pod, String node) {
        return verdict(pod, node) instanceof Verdict.Fits;
    }

    /// The first node, of those that are `allowed`, that `pod` fits.
    Optional<String> firstFit(PodView pod, Predicate<String> allowed) {
        Snapshot cluster = snapshot();
        return cluster.nodes().stream()
                .filter(node -> allowed.test(node.name()))
                .filter(node -> feasibility.verdict(pod, node, cluster) instanceof Verdict.Fits)
                .map(NodeView::name)
                .findFirst();
    }

    /// Places `pod` on the first such node; false if there is none.
    boolean placeAnywhere(PodView pod, Predicate<String> allowed) {
        Optional<String> node = firstFit(pod, allowed);
        node.ifPresent(name -> place(pod, name));
        return node.isPresent();
    }

    private Snapshot snapshot() {
        Snapshot known = snapshot.orElseGet(() -> new Snapshot(List.copyOf(nodes.values())));
        snapshot = Optional.of(known);
        return known;
    }
}
