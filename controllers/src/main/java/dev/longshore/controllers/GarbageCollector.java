package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Deletes objects whose owners are all gone, in the background or (while the owner waits for it) in the
/// foreground, or cuts the tie when the owner is deleted with `orphan`. Knows every type that discovery shows,
/// by informers that keep metadata only. Keys are uids.
final class GarbageCollector implements Reconciler, AutoCloseable {

    static final String NAME = "generic-garbage-collector";

    private static final int WORKERS = 4;
    private static final int NOT_FOUND = 404;
    private static final Set<String> TYPE_GROUPS = Set.of("apiextensions.k8s.io", "apiregistration.k8s.io");
    private static final String START = "start";
    private static final Duration NEXT_DISCOVERY = Duration.ofSeconds(30);
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    private final KubernetesClient client;
    private final EventRecorder events;
    private final OwnerGraph graph = new OwnerGraph();
    private final GraphUpdates updates =
            new GraphUpdates(graph, uid -> this.loop.queue().add(uid));
    private final Map<ApiTypes.Type, SharedIndexInformer<GenericKubernetesResource>> informers = new HashMap<>();
    private final Map<String, ApiTypes.Type> types = new HashMap<>();
    private ControllerLoop loop;

    private GarbageCollector(ControllerContext context) {
        this.client = context.clients().apply(NAME);
        this.events = new EventRecorder(client, "garbage-collector-controller", "", context.time());
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
            watchEverything();
            return new Outcome.RetryAfter(NEXT_DISCOVERY);
        }
        Optional<OwnerGraph.Node> found = graph.find(uid);
        if (found.isEmpty()) {
            graph.dependents(uid).forEach(dependent -> loop.queue().add(dependent.uid()));
            return Outcome.done();
        }
        OwnerGraph.Node node = found.get();
        if (node.orphansDependents()) {
            graph.dependents(uid).forEach(dependent -> edit(dependent, object -> without(object, uid)));
            edit(node, object -> withoutFinalizer(object, ORPHAN));
        } else if (node.waitsForDependents()) {
            foreground(node);
        } else if (!node.isDeleting() && !node.owners().isEmpty()) {
            collect(node);
        }
        return Outcome.done();
    }

    @Override
    public synchronized void close() {
        informers.values().forEach(SharedIndexInformer::stop);
        events.close();
    }

    /// Looks for types now and then, and whenever a definition of types changes.
    private synchronized void watchEverything() {
        ApiTypes found = ApiTypes.discover(client);
        Set<ApiTypes.Type> gone = informers.keySet().stream()
                .filter(type ->
                        !found.types().contains(type) && !found.silentGroups().contains(type.apiVersion()))
                .collect(Collectors.toSet());
        gone.forEach(this::forget);
        for (ApiTypes.Type type : found.types()) {
            if (types.putIfAbsent(key(type), type) == null && !isNoise(type)) {
                var informer = client.genericKubernetesResources(type.context())
                        .inAnyNamespace()
                        .runnableInformer(0)
                        .itemStore(new MetadataStore());
                // A list that fails is tried again, the first one too.
                informer.exceptionHandler((isStarted, broken) -> true);
                informer.addEventHandler(new Events(type));
                informers.put(type, informer);
                informer.start();
            }
        }
    }

    /// A type that is gone took its objects with it; so did one whose preferred version is now another.
    private void forget(ApiTypes.Type type) {
        informers.remove(type).stop();
        types.remove(key(type));
        graph.removeAll(type).forEach(node -> loop.queue().add(node.uid()));
    }

    private static String key(ApiTypes.Type type) {
        return type.apiVersion() + "/" + type.kind();
    }

    /// Events own nothing and are owned by nobody.
    private static boolean isNoise(ApiTypes.Type type) {
        return type.kind().equals("Event");
    }

    private void foreground(OwnerGraph.Node owner) {
        List<OwnerGraph.Node> blocking = graph.dependents(owner.uid()).stream()
                .filter(dependent -> dependent.owners().stream()
                        .anyMatch(reference -> reference.getUid().equals(owner.uid())
                                && Boolean.TRUE.equals(reference.getBlockOwnerDeletion())))
                .toList();
        graph.dependents(owner.uid()).stream()
                .filter(dependent -> !dependent.isDeleting())
                .forEach(dependent -> loop.queue().add(dependent.uid()));
        if (blocking.isEmpty()) {
            edit(owner, object -> withoutFinalizer(object, FOREGROUND));
        }
    }

    /// What is heard may be late: an object that has just lost its tie to an owner must not go with it, so the
    /// server is asked before anything happens.
    private void collect(OwnerGraph.Node heard) {
        if (judge(heard).areAllSolid()) {
            return;
        }
        GenericKubernetesResource stored = resource(heard).get();
        if (stored == null || !stored.getMetadata().getUid().equals(heard.uid())) {
            return;
        }
        OwnerGraph.Node node = OwnerGraph.Node.of(heard.type(), stored);
        Owners owners = judge(node);
        if (node.isDeleting() || owners.areAllSolid()) {
            return;
        }
        if (!owners.solid().isEmpty()) {
            stored.getMetadata().setOwnerReferences(owners.solid());
            client.resource(stored).update();
            return;
        }
        List<OwnerGraph.Node> dependents = graph.dependents(node.uid());
        if (!owners.isAwaited() || dependents.isEmpty()) {
            delete(node, stored, node.ownPropagation());
        } else if (dependents.stream().anyMatch(OwnerGraph.Node::waitsForDependents)) {
            // They may wait for each other in a circle: this one stops making its owners wait.
            delete(node, client.resource(withoutBlocking(stored)).update(), DeletionPropagation.FOREGROUND);
        } else {
            delete(node, stored, DeletionPropagation.FOREGROUND);
        }
    }

    /// The owners of an object, judged.
    ///
    /// @param solid those for which it is to stay
    /// @param areAllSolid there are no others
    /// @param isAwaited one of the others is being deleted and waits for its dependents
    private record Owners(List<OwnerReference> solid, boolean areAllSolid, boolean isAwaited) {}

    private Owners judge(OwnerGraph.Node node) {
        var solid = new ArrayList<OwnerReference>();
        boolean isAwaited = false;
        for (OwnerReference owner : node.owners()) {
            Optional<OwnerGraph.Node> known = graph.find(owner.getUid()).filter(found -> found.isOwner(owner, node));
            if (known.filter(OwnerGraph.Node::waitsForDependents).isPresent()) {
                isAwaited = true;
            } else if (known.isPresent() || exists(node, owner)) {
                solid.add(owner);
            }
        }
        return new Owners(solid, solid.size() == node.owners().size(), isAwaited);
    }

    /// The graph may not have heard of an owner yet: the server knows. An owner is looked for in the dependent's
    /// own namespace only, whatever the reference means; one that lives elsewhere is told of in an event.
    private boolean exists(OwnerGraph.Node dependent, OwnerReference owner) {
        ApiTypes.Type type = typeOf(owner);
        if (type == null) {
            return true;
        }
        if (type.isNamespaced() && dependent.namespace().isEmpty()) {
            // An object of the cluster cannot belong to one of a namespace: it is left alone.
            tellOfInvalidNamespace(dependent, owner);
            return true;
        }
        var objects = client.genericKubernetesResources(type.context());
        GenericKubernetesResource found = type.isNamespaced()
                ? objects.inNamespace(dependent.namespace())
                        .withName(owner.getName())
                        .get()
                : objects.withName(owner.getName()).get();
        boolean exists = found != null && found.getMetadata().getUid().equals(owner.getUid());
        if (!exists
                && graph.find(owner.getUid())
                        .filter(OwnerGraph.Node::isNamespaced)
                        .isPresent()) {
            tellOfInvalidNamespace(dependent, owner);
        }
        return exists;
    }

    private void tellOfInvalidNamespace(OwnerGraph.Node dependent, OwnerReference owner) {
        events.event(
                dependent.reference(),
                EventRecorder.Type.WARNING,
                "OwnerRefInvalidNamespace",
                "ownerRef [%s/%s, namespace: %s, name: %s, uid: %s] does not exist in namespace \"%s\""
                        .formatted(
                                owner.getApiVersion(),
                                owner.getKind(),
                                dependent.namespace(),
                                owner.getName(),
                                owner.getUid(),
                                dependent.namespace()));
    }

    private synchronized ApiTypes.Type typeOf(OwnerReference owner) {
        ApiTypes.Type exact = types.get(owner.getApiVersion() + "/" + owner.getKind());
        if (exact != null) {
            return exact;
        }
        String group =
                owner.getApiVersion().contains("/") ? owner.getApiVersion().split("/")[0] : "";
        return types.values().stream()
                .filter(type -> type.group().equals(group) && type.kind().equals(owner.getKind()))
                .findFirst()
                .orElse(null);
    }

    /// Only the very object that was judged, as it was then: if it has changed, it is judged anew.
    private void delete(OwnerGraph.Node node, GenericKubernetesResource judged, DeletionPropagation propagation) {
        try {
            client.raw(
                    node.type().path(node.namespace()) + "/" + node.name(),
                    "DELETE",
                    new DeleteOptionsBuilder()
                            .withPropagationPolicy(propagation.toString())
                            .withNewPreconditions()
                            .withUid(node.uid())
                            .withResourceVersion(judged.getMetadata().getResourceVersion())
                            .endPreconditions()
                            .build());
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }

    private void edit(OwnerGraph.Node node, UnaryOperator<GenericKubernetesResource> change) {
        try {
            GenericKubernetesResource stored = resource(node).get();
            if (stored != null && stored.getMetadata().getUid().equals(node.uid())) {
                client.resource(change.apply(stored)).update();
            }
        } catch (KubernetesClientException gone) {
            if (gone.getCode() != NOT_FOUND) {
                throw gone;
            }
        }
    }

    private Resource<GenericKubernetesResource> resource(OwnerGraph.Node node) {
        var objects = client.genericKubernetesResources(node.type().context());
        return node.namespace().isEmpty()
                ? objects.withName(node.name())
                : objects.inNamespace(node.namespace()).withName(node.name());
    }

    private static GenericKubernetesResource without(GenericKubernetesResource object, String uid) {
        var owners = new ArrayList<>(object.getMetadata().getOwnerReferences());
        owners.removeIf(owner -> owner.getUid().equals(uid));
        object.getMetadata().setOwnerReferences(owners);
        return object;
    }

    private static GenericKubernetesResource withoutBlocking(GenericKubernetesResource object) {
        object.getMetadata().getOwnerReferences().forEach(owner -> owner.setBlockOwnerDeletion(false));
        return object;
    }

    private static GenericKubernetesResource withoutFinalizer(GenericKubernetesResource object, String finalizer) {
        var finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
        finalizers.remove(finalizer);
        object.getMetadata().setFinalizers(finalizers);
        return object;
    }

    private final class Events implements ResourceEventHandler<GenericKubernetesResource> {

        private final ApiTypes.Type type;

        Events(ApiTypes.Type type) {
            this.type = type;
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            heard(object);
        }

        @Override
        public void onUpdate(GenericKubernetesResource old, GenericKubernetesResource object) {
            heard(object);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean isStateUnknown) {
            updates.gone(object.getMetadata().getUid());
            lookAgainIfTypesChange();
        }

        /// A definition of types that comes, changes or goes.
        private void lookAgainIfTypesChange() {
            if (TYPE_GROUPS.contains(type.group())) {
                loop.queue().add(START);
            }
        }

        private void heard(GenericKubernetesResource object) {
            updates.heard(OwnerGraph.Node.of(type, object));
            lookAgainIfTypesChange();
        }
    }
}
