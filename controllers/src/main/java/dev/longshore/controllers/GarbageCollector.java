package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Deletes objects whose owners are all gone, in the background or (while the owner waits for it) in the foreground, or
/// cuts the tie when the owner is deleted with `orphan`. [GraphUpdates] says whom to look at; what is heard may be
/// late, so the server is asked before anything is done. Keys are uids.
final class GarbageCollector implements Reconciler, AutoCloseable {

    static final String NAME = "generic-garbage-collector";

    private static final int WORKERS = 4;
    private static final int MOST_AT_ONCE = 50;
    private static final Set<String> TYPE_GROUPS = Set.of("apiextensions.k8s.io", "apiregistration.k8s.io");
    private static final String START = "start";
    private static final Duration NEXT_DISCOVERY = Duration.ofSeconds(30);
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    private final EventRecorder events;
    private final OwnerGraph graph = new OwnerGraph();
    private final AbsentOwners absent = new AbsentOwners();
    private final GraphUpdates updates =
            new GraphUpdates(graph, absent, uid -> this.loop.queue().add(uid), this::tellOfInvalidNamespace);
    private final AnyObjects objects;
    private final TypeWatchers watchers;
    private ControllerLoop loop;

    private GarbageCollector(ControllerContext context) {
        var client = context.clients().apply(NAME);
        this.events = new EventRecorder(client, "garbage-collector-controller", "", context.time());
        this.objects = new AnyObjects(client);
        this.watchers = new TypeWatchers(client, context.informers(), Events::new);
    }

    static Controller create(ControllerContext context) {
        var collector = new GarbageCollector(context);
        collector.loop = new ControllerLoop(NAME, collector, WORKERS, context.time());
        collector.loop.queue().add(START);
        return Controller.of(NAME, collector.loop, collector);
    }

    @Override
    public Outcome reconcile(String uid) {
        if (uid.equals(START)) {
            objects.forgetTypes();
            watchers.lookAgain().forEach(this::forget);
            return new Outcome.RetryAfter(NEXT_DISCOVERY);
        }
        Optional<OwnerGraph.Node> found = graph.find(uid);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        OwnerGraph.Node node = found.get();
        if (node.orphansDependents()) {
            orphan(node);
            return Outcome.done();
        }
        if (node.isDeleting() && !node.waitsForDependents()) {
            return Outcome.done();
        }
        try {
            judge(node);
        } catch (AnyObjects.MisplacedOwnerException senseless) {
            // It cannot be judged, now or later: it is left alone.
            return Outcome.done();
        }
        if (graph.find(uid).filter(OwnerGraph.Node::isVirtual).isPresent()) {
            // Heard of by name only: it might come and go without a word, so it is asked for until it is heard of.
            throw Refusals.conflict(node.identity() + " has not been heard of yet");
        }
        return Outcome.done();
    }

    @Override
    public void close() {
        watchers.close();
        events.close();
    }

    /// Objects of a type that is gone hold nobody up any more. Nothing is said of what they owned: that they cannot be
    /// asked for does not mean that they are not there.
    private void forget(ApiTypes.Type type) {
        graph.removeAll(type).stream()
                .flatMap(node -> node.owners().stream())
                .flatMap(owner -> graph.find(owner.getUid()).stream())
                .filter(OwnerGraph.Node::waitsForDependents)
                .forEach(owner -> loop.queue().add(owner.uid()));
    }

    private void judge(OwnerGraph.Node node) {
        Optional<GenericKubernetesResource> stored = objects.find(node.identity());
        if (stored.isEmpty()) {
            updates.absent(node.identity());
        } else if (node.waitsForDependents()) {
            waitForDependents(node);
        } else if (!Keys.isBeingDeleted(stored.get())) {
            collect(node, stored.get());
        }
    }

    private void waitForDependents(OwnerGraph.Node owner) {
        List<OwnerGraph.Node> blocking = graph.dependents(owner.uid()).stream()
                .filter(dependent -> dependent.blocks(owner.uid()))
                .toList();
        if (blocking.isEmpty()) {
            objects.removeFinalizer(owner.identity(), FOREGROUND);
        }
        blocking.stream()
                .filter(dependent -> !dependent.waitsForDependents())
                .forEach(dependent -> loop.queue().add(dependent.uid()));
    }

    /// All that could be done is, whoever refuses.
    private void orphan(OwnerGraph.Node owner) {
        List<OwnerGraph.Node> dependents = graph.dependents(owner.uid());
        Optional<KubernetesClientException> failure = Optional.empty();
        for (int from = 0; from < dependents.size(); from += MOST_AT_ONCE) {
            List<OwnerGraph.Node> some = dependents.subList(from, Math.min(dependents.size(), from + MOST_AT_ONCE));
            failure = failure.or(() -> SlowStart.atOnce(some, dependent -> disowned(dependent, owner))
                    .failure());
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        objects.removeFinalizer(owner.identity(), ORPHAN);
    }

    private Optional<KubernetesClientException> disowned(OwnerGraph.Node dependent, OwnerGraph.Node owner) {
        try {
            objects.disown(dependent.identity(), List.of(owner.uid()));
            return Optional.empty();
        } catch (KubernetesClientException refused) {
            return Refusals.isNotFound(refused) ? Optional.empty() : Optional.of(refused);
        }
    }

    private void collect(OwnerGraph.Node node, GenericKubernetesResource stored) {
        List<OwnerReference> references = stored.getMetadata().getOwnerReferences();
        if (references.isEmpty()) {
            return;
        }
        Owners owners = owners(node, references);
        if (!owners.solid().isEmpty()) {
            if (!owners.isAllSolid()) {
                // Those that wait are let go, too: they would wait for ever.
                objects.disown(
                        node.identity(),
                        Stream.concat(owners.dangling().stream(), owners.waiting().stream())
                                .map(OwnerReference::getUid)
                                .toList());
            }
            return;
        }
        List<OwnerGraph.Node> dependents = graph.dependents(node.uid());
        boolean isDeleted;
        if (owners.waiting().isEmpty() || dependents.isEmpty()) {
            isDeleted = objects.delete(
                    node.identity(),
                    stored,
                    OwnerGraph.Node.propagation(stored.getMetadata().getFinalizers()));
        } else {
            // Dependents that wait may wait for each other in a circle: then this one stops making its owners wait.
            boolean mayBeCircle = dependents.stream().anyMatch(OwnerGraph.Node::waitsForDependents);
            GenericKubernetesResource judged = mayBeCircle ? objects.unblock(node.identity(), references) : stored;
            isDeleted = objects.delete(node.identity(), judged, DeletionPropagation.FOREGROUND);
        }
        if (!isDeleted) {
            updates.absent(node.identity());
        }
    }

    /// The owners of an object, judged.
    ///
    /// @param solid those for which it is to stay
    /// @param dangling those that are not there
    /// @param waiting those that are being deleted and wait for their dependents
    private record Owners(List<OwnerReference> solid, List<OwnerReference> dangling, List<OwnerReference> waiting) {

        boolean isAllSolid() {
            return dangling.isEmpty() && waiting.isEmpty();
        }
    }

    private Owners owners(OwnerGraph.Node node, List<OwnerReference> references) {
        var owners = new Owners(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (OwnerReference reference : references) {
            Optional<GenericKubernetesResource> owner = owner(node, reference);
            if (owner.isEmpty()) {
                owners.dangling.add(reference);
            } else if (Keys.isBeingDeleted(owner.get())
                    && owner.get().getMetadata().getFinalizers().contains(FOREGROUND)) {
                owners.waiting.add(reference);
            } else {
                owners.solid.add(reference);
            }
        }
        return owners;
    }

    /// An owner is looked for in the dependent's own namespace only, whatever the reference means.
    private Optional<GenericKubernetesResource> owner(OwnerGraph.Node dependent, OwnerReference reference) {
        ObjectIdentity nowhere = ObjectIdentity.of(reference, "");
        ObjectIdentity here = nowhere.in(dependent.identity().namespace());
        if (absent.has(nowhere) || absent.has(here)) {
            return Optional.empty();
        }
        ObjectIdentity owner = objects.type(nowhere).isNamespaced() ? here : nowhere;
        Optional<GenericKubernetesResource> found = objects.find(owner);
        if (found.isEmpty()) {
            absent.add(owner);
        }
        return found;
    }

    private void tellOfInvalidNamespace(OwnerGraph.Node dependent, OwnerReference reference) {
        ObjectIdentity identity = dependent.identity();
        events.event(
                identity.reference(),
                EventRecorder.Type.WARNING,
                "OwnerRefInvalidNamespace",
                "ownerRef %s does not exist in namespace \"%s\""
                        .formatted(ObjectIdentity.of(reference, identity.namespace()), identity.namespace()));
    }

    private final class Events implements ResourceEventHandler<HasMetadata> {

        private final ApiTypes.Type type;

        Events(ApiTypes.Type type) {
            this.type = type;
        }

        @Override
        public void onAdd(HasMetadata object) {
            heard(object);
        }

        @Override
        public void onUpdate(HasMetadata old, HasMetadata object) {
            if (!old.getMetadata().getUid().equals(object.getMetadata().getUid())) {
                // Deleted and made again between two lists.
                updates.gone(OwnerGraph.Node.of(type, old).identity());
            }
            heard(object);
        }

        @Override
        public void onDelete(HasMetadata object, boolean isStateUnknown) {
            updates.gone(OwnerGraph.Node.of(type, object).identity());
            lookAgainIfTypesChange();
        }

        /// A definition of types that comes, changes or goes.
        private void lookAgainIfTypesChange() {
            if (TYPE_GROUPS.contains(type.group())) {
                loop.queue().add(START);
            }
        }

        private void heard(HasMetadata object) {
            updates.heard(OwnerGraph.Node.of(type, object));
            lookAgainIfTypesChange();
        }
    }
}
