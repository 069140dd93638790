package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Keeps the [ClusterView] up to date from the API. It is known once the first lists of all kinds are in.
public final class ClusterWatch implements ViewSource {

    private final Map<ObjectName, ServiceView> services = new ConcurrentHashMap<>();
    private final Map<ObjectName, SliceView> slices = new ConcurrentHashMap<>();
    private final Map<ObjectName, String> namespaces = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final KubernetesClient client;

    /// Over `client`, which stays the caller's.
    public ClusterWatch(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void start() {
        run(
                client.services().inAnyNamespace().runnableInformer(0),
                into(services, (Service s) -> Optional.of(Views.of(s))));
        run(
                client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0),
                into(slices, (EndpointSlice s) -> Views.of(s)));
        run(
                client.namespaces().runnableInformer(0),
                into(namespaces, (Namespace n) -> Optional.of(n.getMetadata().getName())));
    }

    @Override
    public Optional<ClusterView> view() {
        return !informers.isEmpty() && informers.stream().allMatch(SharedIndexInformer::hasSynced)
                ? Optional.of(ClusterView.of(services.values(), slices.values(), namespaces.values()))
                : Optional.empty();
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }

    private <T extends HasMetadata> void run(SharedIndexInformer<T> informer, ResourceEventHandler<T> handler) {
        informers.add(informer);
        informer.addEventHandler(handler);
        // The first list is tried until it works: the node may be up before its API server.
        informer.exceptionHandler((isStarted, failure) -> true);
        informer.start().thenRun(this::changed);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    private <T extends HasMetadata, V> ResourceEventHandler<T> into(
            Map<ObjectName, V> views, Function<T, Optional<V>> view) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                put(added);
            }

            @Override
            public void onUpdate(T before, T after) {
                put(after);
            }

            @Override
            public void onDelete(T gone, boolean isStale) {
                if (views.remove(name(gone)) != null) {
                    changed();
                }
            }

            private void put(T object) {
                ObjectName name = name(object);
                Optional<V> now = view.apply(object);
                Object before = now.isPresent() ? views.put(name, now.get()) : views.remove(name);
                if (!now.equals(Optional.ofNullable(before))) {
                    changed();
                }
            }
        };
    }

    private static ObjectName name(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return new ObjectName(
                namespace == null ? "" : namespace, object.getMetadata().getName());
    }
}
