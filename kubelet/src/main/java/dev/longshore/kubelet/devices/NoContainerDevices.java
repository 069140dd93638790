package dev.longshore.kubelet.devices;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/// There are none.
final class NoContainerDevices implements ContainerDevices {

    @Override
    public Optional<String> admit(Pod pod) {
        return Optional.empty();
    }

    @Override
    public Grant of(Pod pod, Container container) {
        return Grant.NOTHING;
    }

    @Override
    public void beforeStart(Pod pod, String container) {}

    @Override
    public void release(String podUid) {}
}
