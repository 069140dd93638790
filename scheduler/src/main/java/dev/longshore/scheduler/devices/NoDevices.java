package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Optional;

/// No claims, no devices.
final class NoDevices implements DeviceFacts {

    @Override
    public Optional<ResourceClaim> claim(String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public List<ResourceClaim> claims() {
        return List.of();
    }

    @Override
    public boolean isBeingAllocated(String uid) {
        return false;
    }

    @Override
    public List<ResourceSlice> slices() {
        return List.of();
    }

    @Override
    public List<DeviceClass> deviceClasses() {
        return List.of();
    }

    @Override
    public boolean isGivenUp(ResourceClaim claim) {
        return false;
    }

    @Override
    public Optional<DeviceClass> deviceClass(String name) {
        return Optional.empty();
    }
}
