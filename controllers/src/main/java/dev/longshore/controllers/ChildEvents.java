package dev.longshore.controllers;

import dev.longshore.client.WorkQueue;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.function.Function;

/// Wakes the controller of a pod that came, changed or went, and settles what was expected of it.
final class ChildEvents implements ResourceEventHandler<Pod> {

    private final String kind;
    private final Expectations expectations;
    private final WorkQueue queue;
    private final Function<Pod, List<String>> adopters;

    /// @param kind of the controllers
    /// @param adopters the keys of those who might adopt a pod without controller
    ChildEvents(String kind, Expectations expectations, WorkQueue queue, Function<Pod, List<String>> adopters) {
        this.kind = kind;
        this.expectations = expectations;
        this.queue = queue;
        this.adopters = adopters;
    }

    @Override
    public void onAdd(Pod pod) {
        Keys.controllerKey(pod, kind).ifPresent(key -> {
            expectations.created(key);
            if (Keys.isBeingDeleted(pod)) {
                expectations.deleted(key, pod.getMetadata().getUid());
            }
        });
        wake(pod);
    }

    @Override
    public void onUpdate(Pod old, Pod pod) {
        if (Keys.isBeingDeleted(pod)) {
            Keys.controllerKey(pod, kind)
                    .ifPresent(
                            key -> expectations.deleted(key, pod.getMetadata().getUid()));
        }
        Keys.controllerKey(old, kind).ifPresent(queue::add);
        wake(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean isStateUnknown) {
        Keys.controllerKey(pod, kind)
                .ifPresent(key -> expectations.deleted(key, pod.getMetadata().getUid()));
        wake(pod);
    }

    private void wake(Pod pod) {
        if (Keys.controller(pod).isPresent()) {
            Keys.controllerKey(pod, kind).ifPresent(queue::add);
        } else {
            adopters.apply(pod).forEach(queue::add);
        }
    }
}
