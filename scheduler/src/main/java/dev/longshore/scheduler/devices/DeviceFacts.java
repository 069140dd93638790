package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Optional;

/// What is known of devices. What it returns is shared: never change it. Thread-safe; does not block.
public interface DeviceFacts {

    /// Nothing is known of any.
    DeviceFacts NONE = new NoDevices();

    /// A claim, as decisions that were written will have it.
    Optional<ResourceClaim> claim(String namespace, String name);

    /// All claims, as decisions already taken will have them.
    List<ResourceClaim> claims();

    /// Whether devices were chosen for the claim `uid` and are not written down yet.
    boolean isBeingAllocated(String uid);

    /// What drivers offer.
    List<ResourceSlice> slices();

    /// All classes.
    List<DeviceClass> deviceClasses();

    /// Whether a wait for the devices of `claim`, as it has them now, was given up.
    boolean isGivenUp(ResourceClaim claim);

    /// A class.
    Optional<DeviceClass> deviceClass(String name);
}
