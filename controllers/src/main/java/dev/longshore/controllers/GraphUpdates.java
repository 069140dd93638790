package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Keeps an [OwnerGraph] up to date with what is heard of objects, and wakes those that must be looked at: never
/// dependents whose owner is known to be there and is what they say it is, so that ten thousand of them cost nothing.
///
/// ```
/// an owner is named that nobody heard of   ──► it is virtual, and is looked at: is it there?
/// an owner is, or turns out to be, another ──► the dependent is looked at
///   than its dependent says
/// an owner goes                            ──► its dependents are
/// an owner begins to wait for, or to lose, ──► it is, and for the former its dependents are
///   its dependents
/// a dependent goes, or lets its owner go   ──► the owner is, if it waits
/// ```
///
/// The graph always changes first: whoever is woken is looked at at once, on another thread. One change at a time;
/// thread-safe.
final class GraphUpdates {

    private final OwnerGraph graph;
    private final AbsentOwners absent;
    private final Consumer<String> wake;
    private final BiConsumer<OwnerGraph.Node, OwnerReference> misplaced;

    /// @param absent learns which owners are not there
    /// @param wake takes uids; must not block
    /// @param misplaced hears of references into another namespace; must not block
    GraphUpdates(
            OwnerGraph graph,
            AbsentOwners absent,
            Consumer<String> wake,
            BiConsumer<OwnerGraph.Node, OwnerReference> misplaced) {
        this.graph = graph;
        this.absent = absent;
        this.wake = wake;
        this.misplaced = misplaced;
    }

    /// An object is there, as given.
    synchronized void heard(OwnerGraph.Node node) {
        Optional<OwnerGraph.Node> before = graph.find(node.uid());
        Optional<OwnerGraph.Node> heard = before.filter(known -> !known.isVirtual());
        graph.put(node);
        before.filter(OwnerGraph.Node::isVirtual).ifPresent(guess -> turnsOut(guess.identity(), node.identity()));
        List<OwnerReference> old = heard.map(OwnerGraph.Node::owners).orElse(List.of());
        wakeUnblocked(old, node.owners());
        link(
                node,
                node.owners().stream()
                        .filter(owner ->
                                old.stream().noneMatch(known -> known.getUid().equals(owner.getUid())))
                        .toList());
        if (node.orphansDependents()) {
            if (heard.filter(OwnerGraph.Node::orphansDependents).isEmpty()) {
                wake.accept(node.uid());
            }
        } else if (node.waitsForDependents()
                && heard.filter(OwnerGraph.Node::waitsForDependents).isEmpty()) {
            graph.dependents(node.uid()).forEach(this::wake);
            wake.accept(node.uid());
        }
    }

    /// An object is gone.
    synchronized void gone(ObjectIdentity identity) {
        graph.find(identity.uid()).ifPresent(node -> remove(node, identity));
    }

    /// The server says that there is no `identity`, by which an object was looked for. If its dependents do not agree
    /// on what their owner is, it stays, virtual, under what another of them says.
    synchronized void absent(ObjectIdentity identity) {
        Optional<OwnerGraph.Node> found = graph.find(identity.uid());
        if (found.isEmpty()) {
            return;
        }
        OwnerGraph.Node node = found.get();
        List<OwnerGraph.Node> dependents = graph.dependents(identity.uid());
        List<OwnerGraph.Node> others = dependents.stream()
                .filter(dependent -> dependent.disagreesOn(identity))
                .toList();
        boolean isAnother =
                node.isVirtual() ? !others.isEmpty() : !node.identity().equals(identity);
        if (!isAnother) {
            remove(node, identity);
            return;
        }
        List<OwnerGraph.Node> deceived = dependents.stream()
                .filter(dependent -> dependent.agreesOn(identity))
                .toList();
        if (!deceived.isEmpty()) {
            absent.add(identity);
            deceived.forEach(this::wake);
        }
        if (node.isVirtual() && node.identity().equals(identity)) {
            alternative(others, identity).ifPresent(other -> graph.put(OwnerGraph.Node.virtual(other)));
        }
    }

    private void remove(OwnerGraph.Node node, ObjectIdentity identity) {
        graph.remove(node.uid());
        List<OwnerGraph.Node> dependents = graph.dependents(node.uid());
        if (!dependents.isEmpty()) {
            absent.add(identity);
        }
        dependents.forEach(this::wake);
        node.owners().stream()
                .flatMap(owner -> graph.find(owner.getUid()).stream())
                .filter(OwnerGraph.Node::waitsForDependents)
                .forEach(this::wake);
    }

    /// What was known by its dependents' words only has been heard of.
    private void turnsOut(ObjectIdentity guess, ObjectIdentity identity) {
        if (guess.equals(identity)) {
            return;
        }
        for (OwnerGraph.Node dependent : graph.dependents(identity.uid())) {
            if (dependent.disagreesOn(identity)) {
                if (!dependent.isInReachOf(identity)) {
                    tellMisplaced(dependent, identity.uid());
                }
                wake(dependent);
            }
        }
    }

    private void link(OwnerGraph.Node node, List<OwnerReference> added) {
        boolean isDoubtful = false;
        for (OwnerReference reference : added) {
            Optional<OwnerGraph.Node> owner = graph.find(reference.getUid());
            if (owner.isEmpty()) {
                graph.put(OwnerGraph.Node.virtual(
                        ObjectIdentity.of(reference, node.identity().namespace())));
                wake.accept(reference.getUid());
            } else if (!isDoubtful) {
                isDoubtful = isDoubtful(node, reference, owner.get());
            }
        }
        if (isDoubtful) {
            wake(node);
        }
    }

    private boolean isDoubtful(OwnerGraph.Node node, OwnerReference reference, OwnerGraph.Node owner) {
        if (!node.isInReachOf(owner.identity())) {
            if (!owner.isVirtual()) {
                tellMisplaced(node, owner.uid());
            }
            return true;
        }
        // A virtual owner without namespace was named by an object of the cluster, perhaps wrongly.
        boolean isGuess = owner.isVirtual()
                && !owner.identity().isNamespaced()
                && node.identity().isNamespaced();
        return !owner.identity().isNamedBy(reference) || isGuess;
    }

    /// Owners that no longer have to wait for this object.
    private void wakeUnblocked(List<OwnerReference> before, List<OwnerReference> now) {
        before.stream()
                .filter(old -> Boolean.TRUE.equals(old.getBlockOwnerDeletion()))
                .filter(old -> now.stream()
                        .filter(owner -> owner.getUid().equals(old.getUid()))
                        .noneMatch(owner -> Boolean.TRUE.equals(owner.getBlockOwnerDeletion())))
                .flatMap(old -> graph.find(old.getUid()).stream())
                .forEach(this::wake);
    }

    private void tellMisplaced(OwnerGraph.Node node, String owner) {
        node.namings(owner).findFirst().ifPresent(reference -> misplaced.accept(node, reference));
    }

    private void wake(OwnerGraph.Node node) {
        wake.accept(node.uid());
    }

    /// What else `dependents` say the owner is: the next after `verified`, in the order of identities, or the first.
    private static Optional<ObjectIdentity> alternative(List<OwnerGraph.Node> dependents, ObjectIdentity verified) {
        List<ObjectIdentity> others = dependents.stream()
                .flatMap(dependent -> identities(dependent, verified))
                .filter(other -> !other.equals(verified))
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
        return others.stream()
                .filter(other -> other.compareTo(verified) > 0)
                .findFirst()
                .or(() -> others.stream().findFirst());
    }

    private static Stream<ObjectIdentity> identities(OwnerGraph.Node dependent, ObjectIdentity verified) {
        return dependent.namings(verified.uid()).map(reference -> {
            ObjectIdentity identity =
                    ObjectIdentity.of(reference, dependent.identity().namespace());
            // Of a type of which one was looked for in no namespace, none is in any.
            boolean isOfCluster = !verified.isNamespaced()
                    && Objects.equals(identity.apiVersion(), verified.apiVersion())
                    && Objects.equals(identity.kind(), verified.kind());
            return isOfCluster ? identity.in("") : identity;
        });
    }
}
