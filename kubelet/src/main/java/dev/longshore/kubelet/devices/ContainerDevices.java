package dev.longshore.kubelet.devices;

import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaNodes;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Gives pods the devices that their containers ask for. Thread-safe; blocks where a plugin is asked, within limits.
public interface ContainerDevices {

    /// A node without devices.
    ContainerDevices NONE = new NoContainerDevices();

    /// Takes devices for each container of `pod`; asked again it changes nothing.
    ///
    /// @return why they cannot be had; then none are taken
    Optional<String> admit(Pod pod) throws InterruptedException;

    /// Prepares what the pod claims, before its sandbox is made; asked again it changes nothing.
    ///
    /// @throws DeviceException when it cannot be had
    default void prepare(Pod pod) throws InterruptedException {}

    /// The opposite, when all its containers have ended. Idempotent.
    ///
    /// @throws DeviceException when it cannot be done yet
    default void unprepare(Pod pod) throws InterruptedException {}

    /// From which NUMA nodes the devices of a container could come, by resource: an empty map where it does not matter,
    /// an empty list where there are not enough.
    default Map<String, List<Hint>> hints(Pod pod, Container container) {
        return Map.of();
    }

    /// The same for all containers of the pod together.
    default Map<String, List<Hint>> hints(Pod pod) {
        return Map.of();
    }

    /// Takes devices for one container, from `near` as far as that is possible; asked again it changes nothing.
    ///
    /// @return why they cannot be had
    default Optional<String> give(Pod pod, Container container, Optional<NumaNodes> near) throws InterruptedException {
        return Optional.empty();
    }

    /// What a container gets with its devices.
    ///
    /// @throws DeviceException when what it claims is not prepared
    Grant of(Pod pod, Container container);

    /// Lets plugins prepare the devices of a container that is about to start.
    ///
    /// @throws DeviceException when one refuses
    void beforeStart(Pod pod, String container) throws InterruptedException;

    /// How the devices are that a container has, for its status.
    default List<ResourceStatus> status(Pod pod, Container container) {
        return List.of();
    }

    /// Has `pod` called with the uid of each pod whose devices are not as they were. Called once, before any is
    // admitted.
    default void onChange(Consumer<String> pod) {}

    /// Gives back all that the pod had.
    void release(String podUid);
}
