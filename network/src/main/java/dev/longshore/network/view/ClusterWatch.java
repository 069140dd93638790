package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Makes the [ClusterView] from what informers hold. It is known once the first lists of all kinds are in.
/// Events only say that something has changed, and never carry what: they are delivered later than the
/// informers' stores are filled, so a picture put together from them could lack services that have long been
/// there.
public final class ClusterWatch implements ViewSource {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<EndpointSlice> slices;
    private final SharedIndexInformer<Namespace> namespaces;

    /// Over `client`, which stays the caller's.
    public ClusterWatch(KubernetesClient client) {
        this.services = client.services().inAnyNamespace().runnableInformer(0);
        this.slices = client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0);
        this.namespaces = client.namespaces().runnableInformer(0);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void start() {
        run(services);
        run(slices);
        run(namespaces);
    }

    @Override
    public Optional<ClusterView> view() {
        if (!services.hasSynced() || !slices.hasSynced() || !namespaces.hasSynced()) {
            return Optional.empty();
        }
        return Optional.of(ClusterView.of(
                services.getStore().list().stream().map(Views::of).toList(),
                slices.getStore().list().stream()
                        .flatMap(slice -> Views.of(slice).stream())
                        .toList(),
                namespaces.getStore().list().stream()
                        .map(namespace -> namespace.getMetadata().getName())
                        .toList()));
    }

    @Override
    public void close() {
        services.stop();
        slices.stop();
        namespaces.stop();
    }

    private <T extends HasMetadata> void run(SharedIndexInformer<T> informer) {
        informer.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T added) {
                changed();
            }

            @Override
            public void onUpdate(T before, T after) {
                changed();
            }

            @Override
            public void onDelete(T gone, boolean isStale) {
                changed();
            }
        });
        // The first list is tried until it works: the node may be up before its API server.
        informer.exceptionHandler((isStarted, failure) -> true);
        informer.start().thenRun(this::changed);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}
