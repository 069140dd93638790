package dev.longshore.kubelet.devices;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/// Gives pods the devices that their containers ask for. Thread-safe; blocks where a plugin is asked, within limits.
public interface ContainerDevices {

    /// A node without devices.
    ContainerDevices NONE = new NoContainerDevices();

    /// Takes devices for each container of `pod`; asked again it changes nothing.
    ///
    /// @return why they cannot be had; then none are taken
    Optional<String> admit(Pod pod) throws InterruptedException;

    /// What a container gets with its devices.
    Grant of(String podUid, String container);

    /// Lets plugins prepare the devices of a container that is about to start.
    ///
    /// @throws DeviceException when one refuses
    void beforeStart(Pod pod, String container) throws InterruptedException;

    /// Gives back all that the pod had.
    void release(String podUid);
}
