package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// Tells the keys of the Services for which a change of a pod matters: in what it is for them, or in whether it is
/// theirs.
final class EndpointChanges implements ResourceEventHandler<Pod> {

    private final Informers informers;
    private final Consumer<String> changed;

    EndpointChanges(Informers informers, Consumer<String> changed) {
        this.informers = informers;
        this.changed = changed;
    }

    @Override
    public void onAdd(Pod pod) {
        selecting(pod).forEach(changed);
    }

    @Override
    public void onUpdate(Pod old, Pod pod) {
        boolean isOther = isOther(old, pod);
        boolean mayMove = !Objects.equals(
                        old.getMetadata().getLabels(), pod.getMetadata().getLabels())
                || !Objects.equals(old.getSpec().getHostname(), pod.getSpec().getHostname())
                || !Objects.equals(old.getSpec().getSubdomain(), pod.getSpec().getSubdomain());
        if (!isOther && !mayMove) {
            return;
        }
        Set<String> services = selecting(pod);
        if (mayMove) {
            Set<String> former = selecting(old);
            Set<String> both = new HashSet<>(services);
            both.retainAll(former);
            services.addAll(former);
            if (!isOther) {
                services.removeAll(both);
            }
        }
        services.forEach(changed);
    }

    @Override
    public void onDelete(Pod pod, boolean isStateUnknown) {
        selecting(pod).forEach(changed);
    }

    private static boolean isOther(Pod old, Pod pod) {
        return !Objects.equals(
                        old.getMetadata().getDeletionTimestamp(),
                        pod.getMetadata().getDeletionTimestamp())
                || Pods.isReady(old) != Pods.isReady(pod)
                || Pods.isTerminal(old) != Pods.isTerminal(pod)
                || !Objects.equals(old.getStatus().getPodIPs(), pod.getStatus().getPodIPs())
                || !Objects.equals(old.getStatus().getPodIP(), pod.getStatus().getPodIP());
    }

    private Set<String> selecting(Pod pod) {
        var keys = new HashSet<String>();
        for (Service service : informers.in(Service.class, pod.getMetadata().getNamespace())) {
            if (PodEndpoints.hasSelector(service)
                    && Selectors.matches(
                            service.getSpec().getSelector(), pod.getMetadata().getLabels())) {
                keys.add(Keys.of(service));
            }
        }
        return keys;
    }
}
