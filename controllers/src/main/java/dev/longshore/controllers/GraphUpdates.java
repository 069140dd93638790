package dev.longshore.controllers;

import java.util.Optional;
import java.util.function.Consumer;

/// Keeps an [OwnerGraph] up to date with what is heard of objects, and wakes those that must be looked at again. The
/// graph always changes first: whoever is woken is looked at at once, on another thread.
final class GraphUpdates {

    private final OwnerGraph graph;
    private final Consumer<String> wake;

    /// @param wake takes uids
    GraphUpdates(OwnerGraph graph, Consumer<String> wake) {
        this.graph = graph;
        this.wake = wake;
    }

    /// An object is there, as given.
    void heard(OwnerGraph.Node node) {
        Optional<OwnerGraph.Node> before = graph.find(node.uid());
        graph.put(node);
        before.ifPresent(this::wakeWaitingOwners);
        if (!node.owners().isEmpty() || node.waitsForDependents() || node.orphansDependents()) {
            wake.accept(node.uid());
        }
    }

    /// An object is gone: its owners may have waited for it, and its dependents have lost an owner.
    void gone(String uid) {
        Optional<OwnerGraph.Node> last = graph.find(uid);
        graph.remove(uid);
        last.ifPresent(node -> node.owners().forEach(owner -> wake.accept(owner.getUid())));
        wake.accept(uid);
    }

    /// An owner that waited for this one may have been let go.
    private void wakeWaitingOwners(OwnerGraph.Node before) {
        before.owners().stream()
                .flatMap(owner -> graph.find(owner.getUid()).stream())
                .filter(OwnerGraph.Node::waitsForDependents)
                .forEach(owner -> wake.accept(owner.uid()));
    }
}
