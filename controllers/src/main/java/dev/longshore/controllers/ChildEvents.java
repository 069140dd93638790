package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Wakes the controller of a pod that came, changed or went, and settles what was expected of it.
final class ChildEvents implements ResourceEventHandler<Pod> {

    private final String kind;
    private final Expectations expectations;
    private final Consumer<String> queue;
    private final Function<Pod, List<String>> adopters;

    /// @param kind of the controllers
    /// @param queue takes the keys of those who are to look
    /// @param adopters the keys of those who might adopt a pod without controller
    ChildEvents(String kind, Expectations expectations, Consumer<String> queue, Function<Pod, List<String>> adopters) {
        this.kind = kind;
        this.expectations = expectations;
        this.queue = queue;
        this.adopters = adopters;
    }

    @Override
    public void onAdd(Pod pod) {
        owner(pod).ifPresent(expectations::created);
        if (Keys.isBeingDeleted(pod)) {
            settleDeletion(pod);
        }
        wake(pod);
    }

    @Override
    public void onUpdate(Pod old, Pod pod) {
        if (Keys.isBeingDeleted(pod)) {
            settleDeletion(pod);
        }
        Keys.controllerKey(old, kind).ifPresent(queue);
        wake(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean isStateUnknown) {
        settleDeletion(pod);
        wake(pod);
    }

    private Optional<String> owner(Pod pod) {
        return Keys.controller(pod)
                .filter(owner -> owner.getKind().equals(kind))
                .map(OwnerReference::getUid);
    }

    private void settleDeletion(Pod pod) {
        owner(pod)
                .ifPresent(
                        owner -> expectations.deleted(owner, pod.getMetadata().getUid()));
    }

    private void wake(Pod pod) {
        if (Keys.controller(pod).isPresent()) {
            Keys.controllerKey(pod, kind).ifPresent(queue);
        } else {
            adopters.apply(pod).forEach(queue);
        }
    }
}
