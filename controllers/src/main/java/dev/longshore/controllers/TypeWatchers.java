package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Listens to all objects of all types that discovery shows, and keeps up with types that come and go: by the informers
/// that other controllers read, so that objects of the busiest types are not read twice, and of types that nobody else
/// reads by informers of its own, which keep metadata only. Events are not listened to: they own nothing and nobody
// owns them. Thread-safe.
final class TypeWatchers implements AutoCloseable {

    private final KubernetesClient client;
    private final Informers shared;
    private final Function<ApiTypes.Type, ResourceEventHandler<HasMetadata>> handlers;
    /// How to stop listening to each.
    private final Map<ApiTypes.Type, Runnable> stops = new HashMap<>();

    /// @param shared what others read; everybody has asked for what it needs before the first look
    /// @param handlers of what is heard of a type
    TypeWatchers(
            KubernetesClient client,
            Informers shared,
            Function<ApiTypes.Type, ResourceEventHandler<HasMetadata>> handlers) {
        this.client = client;
        this.shared = shared;
        this.handlers = handlers;
    }

    /// Looks which types there are now. Those of groups that do not answer are listened to as before.
    ///
    /// @return those that are gone; each took its objects with it, or is served in another version now
    synchronized List<ApiTypes.Type> lookAgain() {
        ApiTypes found = ApiTypes.discover(client);
        List<ApiTypes.Type> gone = stops.keySet().stream()
                .filter(type ->
                        !found.types().contains(type) && !found.silentGroups().contains(type.apiVersion()))
                .toList();
        gone.forEach(type -> stops.remove(type).run());
        for (ApiTypes.Type type : found.types()) {
            if (!type.kind().equals("Event") && !stops.containsKey(type)) {
                stops.put(type, listen(type));
            }
        }
        return gone;
    }

    @Override
    public synchronized void close() {
        stops.values().forEach(Runnable::run);
    }

    private Runnable listen(ApiTypes.Type type) {
        ResourceEventHandler<HasMetadata> handler = handlers.apply(type);
        Optional<SharedIndexInformer<? extends HasMetadata>> known = shared.known(type.apiVersion(), type.kind());
        if (known.isPresent()) {
            known.get().addEventHandler(handler);
            return () -> known.get().removeEventHandler(handler);
        }
        var informer = client.genericKubernetesResources(type.context())
                .inAnyNamespace()
                .runnableInformer(0)
                .itemStore(new MetadataStore());
        // A list that fails is tried again, the first one too.
        informer.exceptionHandler((isStarted, broken) -> true);
        informer.addEventHandler(handler);
        informer.start();
        return informer::stop;
    }
}
