package dev.longshore.network.view;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// Makes the [ClusterView] from what informers hold. It is known once the first lists of all kinds are in.
/// Events only say that something has changed, and never carry what: they are delivered later than the
/// informers' stores are filled, so a picture put together from them could lack services that have long been
/// there.
public final class ClusterWatch implements ViewSource {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<EndpointSlice> slices;
    private final SharedIndexInformer<Namespace> namespaces;
    private final SharedIndexInformer<NetworkPolicy> policies;
    /// All pods of the cluster are worth watching only where there are policies.
    private final SharedIndexInformer<Pod> pods;
    private final AtomicBoolean watchesPods = new AtomicBoolean();

    /// Over `client`, which stays the caller's.
    public ClusterWatch(KubernetesClient client) {
        this.services = client.services().inAnyNamespace().runnableInformer(0);
        this.slices = client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0);
        this.namespaces = client.namespaces().runnableInformer(0);
        this.policies = client.network().v1().networkPolicies().inAnyNamespace().runnableInformer(0);
        this.pods = client.pods().inAnyNamespace().runnableInformer(0);
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
        run(policies);
    }

    @Override
    public Optional<ClusterView> view() {
        if (!services.hasSynced() || !slices.hasSynced() || !namespaces.hasSynced() || !policies.hasSynced()) {
            return Optional.empty();
        }
        List<PolicyView> rules =
                policies.getStore().list().stream().map(PolicyViews::of).toList();
        if (!rules.isEmpty() && watchesPods.compareAndSet(false, true)) {
            run(pods);
        }
        if (!rules.isEmpty() && !pods.hasSynced()) {
            return Optional.empty();
        }
        return Optional.of(ClusterView.of(
                        services.getStore().list().stream().map(Views::of).toList(),
                        slices.getStore().list().stream()
                                .flatMap(slice -> Views.of(slice).stream())
                                .toList(),
                        List.of())
                .withPolicies(namespaceLabels(), rules, rules.isEmpty() ? List.of() : podViews()));
    }

    @Override
    public void close() {
        services.stop();
        slices.stop();
        namespaces.stop();
        policies.stop();
        pods.stop();
    }

    private Map<String, Map<String, String>> namespaceLabels() {
        var labels = new HashMap<String, Map<String, String>>();
        for (Namespace namespace : namespaces.getStore().list()) {
            labels.put(
                    namespace.getMetadata().getName(),
                    Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()));
        }
        return labels;
    }

    private List<PodView> podViews() {
        return pods.getStore().list().stream()
                .flatMap(pod -> PolicyViews.of(pod).stream())
                .toList();
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
