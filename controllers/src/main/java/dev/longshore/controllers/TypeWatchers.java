package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Listens to all objects of all types that discovery shows, by informers that keep metadata only, and keeps up with
/// types that come and go. Events are not listened to: they own nothing and nobody owns them. Thread-safe.
final class TypeWatchers implements AutoCloseable {

    private final KubernetesClient client;
    private final Function<ApiTypes.Type, ResourceEventHandler<GenericKubernetesResource>> handlers;
    private final Map<ApiTypes.Type, SharedIndexInformer<GenericKubernetesResource>> informers = new HashMap<>();

    /// @param handlers of what is heard of a type
    TypeWatchers(
            KubernetesClient client,
            Function<ApiTypes.Type, ResourceEventHandler<GenericKubernetesResource>> handlers) {
        this.client = client;
        this.handlers = handlers;
    }

    /// Looks which types there are now. Those of groups that do not answer are listened to as before.
    ///
    /// @return those that are gone; each took its objects with it, or is served in another version now
    synchronized List<ApiTypes.Type> lookAgain() {
        ApiTypes found = ApiTypes.discover(client);
        List<ApiTypes.Type> gone = informers.keySet().stream()
                .filter(type ->
                        !found.types().contains(type) && !found.silentGroups().contains(type.apiVersion()))
                .toList();
        gone.forEach(type -> informers.remove(type).stop());
        for (ApiTypes.Type type : found.types()) {
            if (!type.kind().equals("Event") && !informers.containsKey(type)) {
                informers.put(type, started(type));
            }
        }
        return gone;
    }

    @Override
    public synchronized void close() {
        informers.values().forEach(SharedIndexInformer::stop);
    }

    private SharedIndexInformer<GenericKubernetesResource> started(ApiTypes.Type type) {
        var informer = client.genericKubernetesResources(type.context())
                .inAnyNamespace()
                .runnableInformer(0)
                .itemStore(new MetadataStore());
        // A list that fails is tried again, the first one too.
        informer.exceptionHandler((isStarted, broken) -> true);
        informer.addEventHandler(handlers.apply(type));
        informer.start();
        return informer;
    }
}
